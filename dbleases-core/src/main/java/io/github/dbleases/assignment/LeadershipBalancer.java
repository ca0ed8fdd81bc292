package io.github.dbleases.assignment;

import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plans which leaders to relieve until no leader leads two more elections than another candidate. Each step relieves
 * the leader with the largest lead over the first candidate of its election. Leaderships are counted over the given
 * elections. If every client is a candidate in every election, no plan needs fewer moves.
 *
 * <p>Each step looks at all elections. To keep that cheap, everything that does not change is computed before the first
 * step.
 */
public final class LeadershipBalancer {

    private final Map<Long, Count> counts = new HashMap<>();
    private final List<Contest> contests = new ArrayList<>();

    private LeadershipBalancer(Collection<Snapshot> elections) {
        for (Snapshot election : elections) {
            Election.leader(election).ifPresent(leader -> count(leader.session()).leaderships++);
            Election.settled(election).ifPresent(leadership -> contests.add(contest(election, leadership)));
        }
        contests.sort(Comparator.comparing(Contest::election));
    }

    private Contest contest(Snapshot election, Partition leadership) {
        List<Member> ranked = Election.ranked(election);
        // A candidate that has resigned comes after all others, no matter how many elections they lead.
        boolean resigned = ranked.get(0).yields();
        List<Count> first = ranked.stream()
                .filter(candidate -> candidate.yields() == resigned)
                .map(candidate -> count(candidate.session()))
                .toList();
        return new Contest(election.lease(), count(leadership.owner()), first);
    }

    private Count count(long session) {
        return counts.computeIfAbsent(session, first -> new Count());
    }

    /** Returns the names of the elections whose leaders must be relieved, in this order. */
    public static List<String> plan(Collection<Snapshot> elections) {
        return new LeadershipBalancer(elections).plan();
    }

    private List<String> plan() {
        List<String> plan = new ArrayList<>();
        for (Contest next = next(); next != null; next = next()) {
            plan.add(next.election);
            Count candidate = next.candidate();
            next.leader.leaderships--;
            candidate.leaderships++;
            contests.remove(next);
        }
        return plan;
    }

    /** Returns the election to relieve next. Among equal differences, the smallest name comes first. */
    private @Nullable Contest next() {
        Contest next = null;
        for (Contest contest : contests) {
            int leads = contest.leader.leaderships;
            int candidateLeads = contest.candidate().leaderships;
            if (Election.isRelief(leads, candidateLeads)
                    && (next == null || leads - candidateLeads > next.difference())) {
                next = contest;
            }
        }
        return next;
    }

    /** How many leaderships a session has. */
    private static final class Count {

        private int leaderships;
    }

    /**
     * An election whose leader can be relieved.
     *
     * @param first the candidates by rank; the one with the fewest leaderships takes over
     */
    private record Contest(String election, Count leader, List<Count> first) {

        private Count candidate() {
            Count least = first.get(0);
            for (Count candidate : first) {
                if (candidate.leaderships < least.leaderships) {
                    least = candidate;
                }
            }
            return least;
        }

        private int difference() {
            return leader.leaderships - candidate().leaderships;
        }
    }
}
