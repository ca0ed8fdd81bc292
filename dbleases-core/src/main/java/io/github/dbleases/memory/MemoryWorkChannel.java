package io.github.dbleases.memory;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.rows.RowTransaction;
import io.github.dbleases.memory.Content.SessionRow;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.Holdings.GrantedPartition;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The work channel of one client. */
final class MemoryWorkChannel implements WorkChannel {

    private final MemoryTables tables;
    private final Timing timing;

    MemoryWorkChannel(MemoryTables tables, Timing timing) {
        this.tables = tables;
        this.timing = timing;
    }

    @Override
    public Holdings holdings(long session) {
        return tables.execute(timing, content -> {
            SessionRow row = content.sessions.get(session);
            List<GrantedPartition> own = new ArrayList<>();
            Map<String, Set<Long>> taskMembers = new HashMap<>();
            MemoryRows rows = new MemoryRows(tables, content);
            content.leases.forEach((name, lease) -> {
                lease.ownedBy(session, name).forEach(own::add);
                lease.taskMembers(session, rows).ifPresent(members -> taskMembers.put(name, members));
            });
            return new Holdings(
                    content.isLive(session),
                    row == null ? 0 : row.inbox(),
                    tables.incarnation(),
                    tables.quietFor(),
                    tables.tokenFloor(),
                    own,
                    taskMembers);
        });
    }

    @Override
    public Optional<Neighbor> neighbor(long session) {
        return tables.execute(timing, content -> tables.neighbor(session));
    }

    @Override
    public Optional<Set<String>> markDead(MarkDeadCondition condition) {
        return tables.execute(timing, content -> {
            SessionRow row = content.sessions.get(condition.session());
            Instant now = tables.now();
            Duration off = Duration.between(condition.expectedTime(), now).abs();
            if (row == null
                    || !row.live()
                    || !row.expiresAt().plus(condition.grace()).isBefore(now)
                    || row.ttl().compareTo(condition.steadyFor()) > 0
                    || off.compareTo(condition.grace().dividedBy(2)) > 0) {
                return Optional.empty();
            }
            content.sessions.put(row.id(), row.dead());
            tables.history().addSession(content, HistoryEvent.Type.SESSION_MARKED_DEAD, row.id(), condition.by());
            Set<String> leases = new TreeSet<>();
            content.leases.forEach((name, lease) -> {
                if (lease.names(row.id())) {
                    leases.add(name);
                }
            });
            return Optional.of(leases);
        });
    }

    @Override
    public <T> T transact(SortedSet<String> leases, Work<T> work) {
        Set<Long> raised = new TreeSet<>();
        T result = tables.transact(timing, content -> {
            raised.clear();
            MemoryRows rows = new MemoryRows(tables, content);
            RowTransaction transaction = new RowTransaction(rows, leases);
            T done = work.in(transaction);
            raised.addAll(transaction.finish());
            rows.raiseInboxes(raised);
            return done;
        });
        tables.hint(raised);
        return result;
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        return tables.execute(
                timing, content -> Optional.ofNullable(content.leases.get(name)).map(row -> row.state(tables.now())));
    }

    @Override
    public ClusterSnapshot clusterSnapshot() {
        return clusterSnapshot(lease -> true);
    }

    @Override
    public ClusterSnapshot clusterSnapshot(String lease) {
        return clusterSnapshot(lease::equals);
    }

    private ClusterSnapshot clusterSnapshot(Predicate<String> which) {
        return tables.execute(timing, content -> {
            Instant now = tables.now();
            List<ClusterSnapshot.Session> sessions = content.sessions.values().stream()
                    .map(row -> new ClusterSnapshot.Session(
                            row.id(),
                            row.clientId(),
                            row.live(),
                            row.weight(),
                            row.startedAt(),
                            Duration.between(now, row.expiresAt()),
                            row.ttl(),
                            row.grace()))
                    .toList();
            List<ClusterSnapshot.Lease> leases = content.leases.entrySet().stream()
                    .filter(entry -> which.test(entry.getKey()))
                    .map(entry -> entry.getValue().clusterSnapshot(entry.getKey(), new MemoryRows(tables, content)))
                    .toList();
            return new ClusterSnapshot(sessions, leases);
        });
    }

    @Override
    public void purge() {
        tables.execute(timing, content -> {
            Set<Long> named = new HashSet<>();
            content.sessions.keySet().forEach(id -> {
                if (content.leases.values().stream().anyMatch(lease -> lease.names(id))) {
                    named.add(id);
                }
            });
            content.sessions.values().removeIf(row -> !row.live() && !named.contains(row.id()));
            return named;
        });
    }

    @Override
    public boolean keepsHistory() {
        return true;
    }

    @Override
    public List<HistoryEvent> history(HistoryQuery query) {
        return tables.exclusively(() -> tables.history().read(query));
    }

    @Override
    public void idle() {}

    @Override
    public void close() {}
}
