package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;

import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides which candidate leads. An election is a lease of one partition whose owner is the leader.
 *
 * <p>The rules:
 *
 * <ol>
 *   <li>The leadership counts for its pending session if that is a candidate. Otherwise it counts for its owner, if
 *       that is a candidate and has not given it up by resigning.
 *   <li>The leadership stays with the candidate that it counts for. If there is none, it goes to the first candidate:
 *       candidates that have not resigned recently come before those that have, then the one with the fewest
 *       leaderships comes first, then the one with the smaller hash of election and session.
 *   <li>A leadership whose owner is live is never granted to another session. Its owner is asked to hand it over.
 *   <li>If leaderships are balanced, a leader is relieved when it leads at least two more elections than the first
 *       candidate.
 * </ol>
 *
 * <p>Weights are ignored. The order of the input does not matter.
 */
public final class Election {

    private Election() {}

    static Assignment elect(Snapshot election) {
        List<Change> changes = election.partitions().stream()
                .map(leadership -> Balancer.change(leadership, target(election, leadership)))
                .flatMap(Optional::stream)
                .toList();
        return new Assignment(changes, true);
    }

    /** Returns the candidate for which the leadership counts. */
    static Optional<Member> leader(Snapshot election) {
        return election.partitions().stream().findAny().flatMap(leadership -> leader(election, leadership));
    }

    /** Rule 1. */
    private static Optional<Member> leader(Snapshot election, Partition leadership) {
        return member(election, leadership.pending())
                .or(() -> member(election, leadership.owner())
                        .filter(owner -> leadership.ownerLive() || !owner.yields()));
    }

    /** Rule 2. */
    private static long target(Snapshot election, Partition leadership) {
        return leader(election, leadership)
                .or(() -> first(election))
                .map(Member::session)
                .orElse(NO_SESSION);
    }

    private static Optional<Member> member(Snapshot election, long session) {
        return election.members().stream()
                .filter(member -> member.session() == session)
                .findAny();
    }

    private static Optional<Member> first(Snapshot election) {
        return ranked(election).stream()
                .min(Comparator.comparing(Member::yields).thenComparingInt(Member::leaderships));
    }

    /** Returns the candidate that leads next if a leader resigns, or empty if there is no other candidate. */
    public static Optional<Long> successor(Snapshot election, long leader) {
        List<Member> others = election.members().stream()
                .filter(member -> member.session() != leader)
                .toList();
        Snapshot without = new Snapshot(election.lease(), election.kind(), others, election.partitions());
        return first(without).map(Member::session);
    }

    /** Returns whether the leader of an election would be relieved after its leadership has moved to a candidate. */
    public static boolean wouldBeRelieved(Snapshot election, long to) {
        return election.members().stream()
                .filter(member -> member.session() == to)
                .anyMatch(receiver -> election.members().stream()
                        .anyMatch(other -> isRelief(receiver.leaderships() + 1, leadsWithout(election, other))));
    }

    private static int leadsWithout(Snapshot election, Member member) {
        boolean leadsThis = leader(election).filter(member::equals).isPresent();
        return leadsThis ? member.leaderships() - 1 : member.leaderships();
    }

    /** Returns the candidates in the order of rule 2, ignoring the number of their leaderships. */
    static List<Member> ranked(Snapshot election) {
        return election.members().stream()
                .sorted(Comparator.comparing(Member::yields)
                        .thenComparingLong(member -> TieBreaker.hash(election.lease(), member.session()))
                        .thenComparingLong(Member::session))
                .toList();
    }

    /** Rule 4. Returns the move that balances the leaderships, or empty if the leader stays. */
    public static Optional<Change.Move> relieve(Snapshot election) {
        return settled(election).flatMap(leadership -> relief(election, leadership));
    }

    /** Returns the leadership if it has a leader and is not moving to another candidate. */
    static Optional<Partition> settled(Snapshot election) {
        return election.partitions().stream()
                .filter(leadership -> leadership.ownerLive() && leadership.pending() == NO_SESSION)
                .filter(leadership -> member(election, leadership.owner()).isPresent())
                .findAny();
    }

    private static Optional<Change.Move> relief(Snapshot election, Partition leadership) {
        int leads = member(election, leadership.owner()).orElseThrow().leaderships();
        return first(election)
                .filter(candidate -> isRelief(leads, candidate.leaderships()))
                .map(candidate -> new Change.Move(leadership, candidate.session()));
    }

    /** Returns whether a leader is relieved in favor of a candidate. */
    static boolean isRelief(int leads, int candidateLeads) {
        return leads >= candidateLeads + 2;
    }
}
