package io.github.dbleases.assignment;

import io.github.dbleases.assignment.Snapshot.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which leaders are to be relieved so that no leader leads two more than another candidate: always the one next that has
 * most more than its first candidate. The leaderships are counted here, over the elections that are given. Where all clients are candidates everywhere, no plan needs fewer moves.
 */
public final class LeadershipBalance {

    private final Map<Long, Integer> leaderships = new HashMap<>();
    private final List<Snapshot> elections;

    private LeadershipBalance(Collection<Snapshot> elections) {
        this.elections = new ArrayList<>(elections);
        elections.forEach(election ->
                Election.leader(election).ifPresent(leader -> leaderships.merge(leader.session(), 1, Integer::sum)));
    }

    /** Returns the names of the elections whose leaders are to be relieved, in this order. */
    public static List<String> plan(Collection<Snapshot> elections) {
        return new LeadershipBalance(elections).plan();
    }

    private List<String> plan() {
        List<String> plan = new ArrayList<>();
        for (Optional<Relief> next = next(); next.isPresent(); next = next()) {
            Relief relief = next.get();
            plan.add(relief.election.lease());
            leaderships.merge(relief.from(), -1, Integer::sum);
            leaderships.merge(relief.to(), 1, Integer::sum);
            elections.remove(relief.election);
        }
        return plan;
    }

    private Optional<Relief> next() {
        return elections.stream()
                .flatMap(election ->
                        Election.relieve(current(election)).map(change -> new Relief(election, change)).stream())
                .max(Comparator.comparingInt(this::difference)
                        .thenComparing(relief -> relief.election.lease(), Comparator.reverseOrder()));
    }

    private int difference(Relief relief) {
        return leaderships.getOrDefault(relief.from(), 0) - leaderships.getOrDefault(relief.to(), 0);
    }

    private Snapshot current(Snapshot election) {
        List<Member> members = election.members().stream()
                .map(member -> new Member(
                        member.session(),
                        member.weight(),
                        leaderships.getOrDefault(member.session(), 0),
                        member.yields()))
                .toList();
        return new Snapshot(election.lease(), election.kind(), members, election.partitions());
    }

    /** A leader of an election that is relieved. */
    private record Relief(Snapshot election, Change.Move move) {

        private long from() {
            return move.before().owner();
        }

        private long to() {
            return move.to();
        }
    }
}
