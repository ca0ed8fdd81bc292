package io.github.dbleases.store.memory;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All rows. The rows themselves are immutable, so a copy costs little. */
final class Content {

    final SortedMap<Long, SessionRow> sessions = new TreeMap<>();
    final SortedMap<String, LeaseRow> leases = new TreeMap<>();
    final Map<Long, Instant> quietUntil = new HashMap<>();
    Duration largestTtl = Duration.ZERO;

    Content copy() {
        Content copy = new Content();
        copy.sessions.putAll(sessions);
        copy.leases.putAll(leases);
        copy.quietUntil.putAll(quietUntil);
        copy.largestTtl = largestTtl;
        return copy;
    }

    boolean isLive(long session) {
        SessionRow row = sessions.get(session);
        return row != null && row.live();
    }

    private int leaderships(long session) {
        return (int) leases.values().stream()
                .filter(lease -> lease.kind() == LeaseKind.LEADER)
                .flatMap(lease -> lease.partitions().stream())
                .filter(row -> (row.pending() == Snapshot.NOBODY ? row.owner() : row.pending()) == session)
                .count();
    }

    /** A session. */
    record SessionRow(
            long id,
            String clientId,
            boolean live,
            Instant expiresAt,
            long inbox,
            int weight,
            Duration ttl,
            Instant startedAt) {

        SessionRow renewedAt(Instant now) {
            return new SessionRow(id, clientId, live, now.plus(ttl), inbox, weight, ttl, startedAt);
        }

        SessionRow raised() {
            return new SessionRow(id, clientId, live, expiresAt, inbox + 1, weight, ttl, startedAt);
        }

        SessionRow dead() {
            return new SessionRow(id, clientId, false, expiresAt, inbox, weight, ttl, startedAt);
        }
    }

    /**
     * A lease with its members and partitions.
     *
     * @param leastToken no partition that is created from now on has a smaller token
     * @param yieldsUntil until when members that have resigned come after the others
     */
    record LeaseRow(
            LeaseKind kind,
            Instant changedAt,
            long leastToken,
            SortedSet<Long> members,
            Map<Long, Instant> yieldsUntil,
            List<PartitionRow> partitions) {

        static LeaseRow empty(LeaseKind kind, Instant now) {
            return new LeaseRow(kind, now, 0, new TreeSet<>(), Map.of(), List.of());
        }

        LeaseRow withMembers(SortedSet<Long> next, Instant now) {
            return new LeaseRow(kind, now, leastToken, next, yieldsOf(next), partitions);
        }

        LeaseRow withYield(long session, Instant until) {
            Map<Long, Instant> next = new HashMap<>(yieldsUntil);
            next.put(session, until);
            return new LeaseRow(kind, changedAt, leastToken, members, next, partitions);
        }

        private Map<Long, Instant> yieldsOf(SortedSet<Long> remaining) {
            Map<Long, Instant> next = new HashMap<>(yieldsUntil);
            next.keySet().retainAll(remaining);
            return next;
        }

        LeaseRow withPartitions(List<PartitionRow> next) {
            return new LeaseRow(kind, changedAt, leastToken, members, yieldsUntil, next);
        }

        LeaseRow withoutDead(Content content) {
            SortedSet<Long> live = new TreeSet<>(members);
            live.removeIf(session -> !content.isLive(session));
            return new LeaseRow(kind, changedAt, leastToken, live, yieldsOf(live), partitions);
        }

        LeaseRow resized(int size, Instant now) {
            List<PartitionRow> next = new ArrayList<>(partitions.subList(0, Math.min(size, partitions.size())));
            long least = Math.max(
                    leastToken,
                    partitions.stream()
                            .skip(size)
                            .mapToLong(PartitionRow::token)
                            .max()
                            .orElse(0));
            for (int number = next.size(); number < size; number++) {
                next.add(new PartitionRow(number, Snapshot.NOBODY, Snapshot.NOBODY, least, now));
            }
            return new LeaseRow(kind, changedAt, least, members, yieldsUntil, next);
        }

        boolean names(long session) {
            return members.contains(session)
                    || partitions.stream().anyMatch(row -> row.owner() == session || row.pending() == session);
        }

        Snapshot snapshot(String name, Content content, Instant now) {
            List<Snapshot.Member> live = new ArrayList<>();
            for (long member : members) {
                SessionRow row = content.sessions.get(member);
                if (row != null && row.live()) {
                    live.add(new Snapshot.Member(
                            member,
                            row.weight(),
                            kind == LeaseKind.LEADER ? content.leaderships(member) : 0,
                            now.isBefore(yieldsUntil.getOrDefault(member, Instant.MIN))));
                }
            }
            return new Snapshot(
                    name,
                    kind,
                    live,
                    partitions.stream().map(row -> row.read(content)).toList());
        }
    }

    /** A partition. */
    record PartitionRow(int number, long owner, long pending, long token, Instant since) {

        Snapshot.Partition read(Content content) {
            return new Snapshot.Partition(number, owner, content.isLive(owner), pending, token);
        }
    }
}
