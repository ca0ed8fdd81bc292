package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;

import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides who leads: an election is a lease of one partition whose owner is the leader.
 *
 * <p>The rules:
 *
 * <ol>
 *   <li>The leadership counts for its pending session if that is a candidate, else for its owner if that is one; but an
 *       owner that has given it up because it resigned is no better than the others.
 *   <li>It stays where it counts. If it counts for nobody, it goes to the first candidate: one that has not resigned a
 *       moment ago before those that have, then the one with the fewest leaderships, then the one with the smaller hash of
 *       election and session.
 *   <li>It is never granted to another while its owner is live: the owner is asked to hand it over.
 *   <li>Where leaderships are balanced, a leader is relieved when it leads at least two more than the first candidate.
 * </ol>
 *
 * <p>Weights play no part. The order of the input does not matter.
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

    /** Returns the candidates in the order of rule 2, but for the number of their leaderships. */
    static List<Member> ranked(Snapshot election) {
        return election.members().stream()
                .sorted(Comparator.comparing(Member::yields)
                        .thenComparingLong(member -> TieBreaker.hash(election.lease(), member.session()))
                        .thenComparingLong(Member::session))
                .toList();
    }

    /** Rule 4: returns to whom the leadership moves so that the leaderships are balanced, or empty if it stays. */
    public static Optional<Change.Move> relieve(Snapshot election) {
        return settled(election).flatMap(leadership -> relief(election, leadership));
    }

    /** Returns the leadership if it has a leader and is not on its way to another. */
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

    /** Returns whether a leader is relieved for the sake of a candidate. */
    static boolean isRelief(int leads, int candidateLeads) {
        return leads >= candidateLeads + 2;
    }
}
