package io.github.dbleases.internal.rows;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.Holdings.GrantedPartition;
import io.github.dbleases.spi.LeaseTransaction.Assigned;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongToIntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A lease with its members and partitions.
 *
 * @param kind the kind of lease
 * @param changedAt when a member was last added or removed
 * @param leastToken partitions that are added later get no smaller token
 * @param assigned what is known of the assignment
 * @param members the member sessions, including dead ones until the next snapshot, each with the time until which it
 *     ranks after the others
 * @param partitions the partitions by number
 */
public record LeaseRow(
        LeaseKind kind,
        Instant changedAt,
        long leastToken,
        Assigned assigned,
        SortedMap<Long, Instant> members,
        List<PartitionRow> partitions) {

    /** Stands for a member that has not resigned. */
    public static final Instant NEVER_RESIGNED = Instant.EPOCH;

    public LeaseRow {
        members = Collections.unmodifiableSortedMap(members);
        partitions = List.copyOf(partitions);
    }

    /** Returns a lease without members or owners. */
    static LeaseRow empty(LeaseKind kind, int partitions, Instant now) {
        return new LeaseRow(kind, now, 0, Assigned.UNKNOWN, new TreeMap<>(), List.of()).resized(partitions, now);
    }

    LeaseRow withMember(long session, Instant now) {
        return members.containsKey(session)
                ? this
                : withMembers(now, next -> {
                    next.put(session, NEVER_RESIGNED);
                    return next;
                });
    }

    LeaseRow withoutMember(long session, Instant now) {
        return members.containsKey(session)
                ? withMembers(now, next -> {
                    next.remove(session);
                    return next;
                })
                : this;
    }

    LeaseRow withYield(long session, Instant until) {
        return members.containsKey(session)
                ? withMembers(changedAt, next -> {
                    next.put(session, until);
                    return next;
                })
                : this;
    }

    LeaseRow withoutDead(SessionRows sessions) {
        return withMembers(changedAt, next -> {
            next.keySet().removeIf(session -> !sessions.isLive(session));
            return next;
        });
    }

    private LeaseRow withMembers(Instant now, UnaryOperator<SortedMap<Long, Instant>> change) {
        SortedMap<Long, Instant> next = change.apply(new TreeMap<>(members));
        boolean same = next.keySet().equals(members.keySet());
        return new LeaseRow(kind, now, leastToken, same ? assigned : Assigned.UNKNOWN, next, partitions);
    }

    LeaseRow withPartitions(List<PartitionRow> next) {
        return new LeaseRow(kind, changedAt, leastToken, assigned, members, next);
    }

    LeaseRow withAssigned(Assigned known) {
        return new LeaseRow(kind, changedAt, leastToken, known, members, partitions);
    }

    LeaseRow resized(int size, Instant now) {
        List<PartitionRow> next = new ArrayList<>(partitions.subList(0, Math.min(size, partitions.size())));
        Stream<PartitionRow> cut = partitions.stream().skip(size);
        long least =
                Math.max(leastToken, cut.mapToLong(PartitionRow::token).max().orElse(0));
        for (int number = next.size(); number < size; number++) {
            next.add(new PartitionRow(number, Snapshot.NO_SESSION, Snapshot.NO_SESSION, least, now));
        }
        return new LeaseRow(kind, changedAt, least, Assigned.UNKNOWN, members, next);
    }

    /** Returns whether a session is a member, an owner or a pending owner. */
    public boolean names(long session) {
        return members.containsKey(session)
                || partitions.stream().anyMatch(row -> row.owner() == session || row.pending() == session);
    }

    /** Returns the partitions of this lease that a session owns. */
    public Stream<GrantedPartition> ownedBy(long session, String name) {
        return partitions.stream()
                .filter(row -> row.owner() == session)
                .map(row -> new GrantedPartition(
                        name,
                        row.number(),
                        row.token(),
                        row.pending() != Snapshot.NO_SESSION && row.pending() != session));
    }

    /**
     * Returns the live members, including the given session, or empty if this is no tasks lease with it as a member.
     */
    public Optional<Set<Long>> taskMembers(long session, SessionRows sessions) {
        return kind == LeaseKind.TASKS && members.containsKey(session)
                ? Optional.of(
                        members.keySet().stream().filter(sessions::isLive).collect(Collectors.toUnmodifiableSet()))
                : Optional.empty();
    }

    /** Returns how many leaderships a session has or is about to get in this lease: 0 if it is no election. */
    public int leaderships(long session) {
        return kind == LeaseKind.LEADER
                ? (int) partitions.stream()
                        .filter(row -> (row.pending() == Snapshot.NO_SESSION ? row.owner() : row.pending()) == session)
                        .count()
                : 0;
    }

    /**
     * Returns this lease as the balancer sees it.
     *
     * @param leaderships returns how many leaderships a session has or is about to get; called only for an election
     */
    public Snapshot snapshot(String name, SessionRows sessions, LongToIntFunction leaderships) {
        Instant now = sessions.now();
        List<Snapshot.Member> live = new ArrayList<>();
        members.forEach((session, yieldsUntil) -> {
            if (sessions.isLive(session)) {
                int leads = kind == LeaseKind.LEADER ? leaderships.applyAsInt(session) : 0;
                live.add(new Snapshot.Member(session, sessions.weight(session), leads, now.isBefore(yieldsUntil)));
            }
        });
        return new Snapshot(
                name,
                kind,
                live,
                partitions.stream().map(row -> row.read(sessions)).toList());
    }

    /** Returns this lease as the balancer sees it, and only counts the partitions at rest that are not to be listed. */
    Snapshot excerpt(String name, Set<Integer> listed, SessionRows sessions, LongToIntFunction leaderships) {
        Snapshot all = snapshot(name, sessions, leaderships);
        Set<Long> present = all.members().stream().map(Snapshot.Member::session).collect(Collectors.toSet());
        Predicate<Snapshot.Partition> unlisted = partition -> present.contains(partition.owner())
                && partition.pending() == Snapshot.NO_SESSION
                && !listed.contains(partition.number());
        Map<Long, Long> counts = all.partitions().stream()
                .filter(unlisted)
                .collect(Collectors.groupingBy(Snapshot.Partition::owner, Collectors.counting()));
        List<Snapshot.Member> counted = all.members().stream()
                .map(member -> new Snapshot.Member(
                        member.session(),
                        member.weight(),
                        member.leaderships(),
                        member.yields(),
                        counts.getOrDefault(member.session(), 0L).intValue()))
                .toList();
        return new Snapshot(
                name,
                kind,
                counted,
                all.partitions().stream().filter(unlisted.negate()).toList());
    }

    /**
     * Returns some partitions of this lease as the balancer sees them, with the live members that they are pending for.
     */
    Snapshot handOvers(String name, Set<Integer> numbers, SessionRows sessions) {
        Snapshot all = snapshot(name, sessions, uncounted -> 0);
        List<Snapshot.Partition> some = all.partitions().stream()
                .filter(partition -> numbers.contains(partition.number()))
                .toList();
        Set<Long> pending = some.stream().map(Snapshot.Partition::pending).collect(Collectors.toSet());
        return new Snapshot(
                name,
                kind,
                all.members().stream()
                        .filter(member -> pending.contains(member.session()))
                        .toList(),
                some);
    }

    /** Returns the state of this lease. */
    public LeaseState state(Instant now) {
        return new LeaseState(
                kind, partitions.size(), Duration.between(changedAt, now).abs(), assigned);
    }

    /** Returns this lease as part of a cluster snapshot. */
    public ClusterSnapshot.Lease clusterSnapshot(String name, SessionRows sessions) {
        return new ClusterSnapshot.Lease(
                snapshot(name, sessions, uncounted -> 0),
                partitions.stream().map(PartitionRow::since).toList(),
                members.keySet().stream()
                        .filter(session -> !sessions.isLive(session))
                        .toList());
    }
}
