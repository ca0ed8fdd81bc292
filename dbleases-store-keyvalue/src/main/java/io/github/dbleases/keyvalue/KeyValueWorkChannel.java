package io.github.dbleases.keyvalue;

import io.github.dbleases.Timing;
import io.github.dbleases.internal.rows.LeaseRow;
import io.github.dbleases.internal.rows.RowTransaction;
import io.github.dbleases.keyvalue.Sessions.Seen;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.Holdings.GrantedPartition;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.Neighbor;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The work channel of one client. */
final class KeyValueWorkChannel implements WorkChannel {

    private final Storage storage;
    private final Duration budget;
    private final Host.Calls calls;

    KeyValueWorkChannel(Storage storage, Timing timing) {
        this.storage = storage;
        this.budget = timing.attemptTimeout();
        this.calls = storage.host().calls();
    }

    private <T> T attempt(Function<Attempt, T> call) {
        Attempt attempt = storage.attempt(budget);
        return calls.run(budget, () -> call.apply(attempt));
    }

    @Override
    public Holdings holdings(long session) {
        return attempt(backend -> {
            Map<String, String> listed = backend.list("");
            List<GrantedPartition> own = new ArrayList<>();
            Map<String, Set<Long>> taskMembers = new HashMap<>();
            LiveSessions sessions = new LiveSessions(storage, backend, listed);
            sessions.leases().forEach((name, lease) -> {
                lease.ownedBy(session, name).forEach(own::add);
                lease.taskMembers(session, sessions).ifPresent(members -> taskMembers.put(name, members));
            });
            return new Holdings(
                    listed.containsKey(SessionDocument.key(session)),
                    Storage.inbox(listed),
                    storage.incarnation(),
                    Duration.ZERO,
                    0,
                    own,
                    taskMembers);
        });
    }

    @Override
    public Optional<Neighbor> neighbor(long session) {
        return attempt(backend -> storage.sessions()
                .observe(backend, backend.list(SessionDocument.prefix()))
                .neighbor(session));
    }

    @Override
    public Optional<Set<String>> markDead(MarkDeadCondition condition) {
        return attempt(backend -> storage.sessions()
                .last(condition.session())
                .filter(seen -> allows(condition, seen))
                .filter(seen -> backend.delete(SessionDocument.key(seen.id()), seen.version()))
                .map(seen -> {
                    storage.sessions().forget(seen.id());
                    return leasesOf(backend, seen.id());
                }));
    }

    private boolean allows(MarkDeadCondition condition, Seen seen) {
        Duration off =
                Duration.between(condition.expectedTime(), storage.steadyTime()).abs();
        Duration expiresIn = seen.expiresIn(storage.host().nanoTime());
        return expiresIn.plus(condition.grace()).isNegative()
                && seen.document().ttl().compareTo(condition.steadyFor()) <= 0
                && off.compareTo(condition.grace().dividedBy(2)) <= 0;
    }

    private Set<String> leasesOf(KeyValueBackend backend, long session) {
        SortedMap<String, LeaseRow> leases = storage.leases().readAll(backend, backend.list(LeaseDocument.prefix()));
        Set<String> names = new TreeSet<>();
        leases.forEach((name, lease) -> {
            if (lease.names(session)) {
                names.add(name);
            }
        });
        return names;
    }

    /** Works without locks. If another client has changed what was read, the work runs again. */
    @Override
    public <T> T transact(SortedSet<String> names, Work<T> work) {
        return attempt(backend -> {
            Conflicts conflicts = new Conflicts(storage.host());
            while (true) {
                KeyValueRows rows = new KeyValueRows(storage, backend, names);
                RowTransaction transaction = new RowTransaction(rows, names);
                T result = work.in(transaction);
                transaction.finish();
                if (rows.write()) {
                    return result;
                }
                backend.pause(conflicts.pause());
            }
        });
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        return attempt(backend ->
                storage.leases().read(backend, name).map(stored -> stored.row().state(storage.wallTime())));
    }

    @Override
    public ClusterSnapshot clusterSnapshot() {
        return attempt(backend ->
                clusterSnapshot(backend, storage.leases().readAll(backend, backend.list(LeaseDocument.prefix()))));
    }

    @Override
    public ClusterSnapshot clusterSnapshot(String lease) {
        return attempt(backend -> {
            SortedMap<String, LeaseRow> one = new TreeMap<>();
            storage.leases().read(backend, lease).ifPresent(stored -> one.put(lease, stored.row()));
            return clusterSnapshot(backend, one);
        });
    }

    private ClusterSnapshot clusterSnapshot(KeyValueBackend backend, SortedMap<String, LeaseRow> leases) {
        LiveSessions live = new LiveSessions(storage, backend);
        Roster roster = live.roster();
        List<ClusterSnapshot.Lease> cluster = new ArrayList<>();
        leases.forEach((name, lease) -> cluster.add(lease.clusterSnapshot(name, live)));
        return new ClusterSnapshot(
                roster.live().values().stream()
                        .map(seen -> clusterSnapshot(seen, roster.nowNanos()))
                        .toList(),
                cluster);
    }

    private static ClusterSnapshot.Session clusterSnapshot(Seen seen, long nowNanos) {
        SessionDocument document = seen.document();
        return new ClusterSnapshot.Session(
                seen.id(),
                document.clientId(),
                true,
                document.weight(),
                document.startedAt(),
                seen.expiresIn(nowNanos),
                document.ttl(),
                document.grace());
    }

    /** A dead session has no document, so there is nothing to delete. */
    @Override
    public void purge() {}

    @Override
    public void idle() {}

    @Override
    public void close() {
        calls.end();
    }
}
