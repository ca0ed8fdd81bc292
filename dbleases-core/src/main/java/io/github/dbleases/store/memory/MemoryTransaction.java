package io.github.dbleases.store.memory;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Change.Vacate;
import io.github.dbleases.assignment.Change.Withdraw;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.store.LeaseTransaction;
import io.github.dbleases.store.memory.Content.LeaseRow;
import io.github.dbleases.store.memory.Content.PartitionRow;
import io.github.dbleases.store.memory.Content.SessionRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** A transaction on a store in memory: it works on a copy, of which nothing else knows until it commits. */
final class MemoryTransaction implements LeaseTransaction {

    private final MemoryTables tables;
    private final Content content;
    private final Set<String> locked;
    private final Set<Long> raised = new TreeSet<>();
    private boolean over;

    MemoryTransaction(MemoryTables tables, Content content, Set<String> locked) {
        this.tables = tables;
        this.content = content;
        this.locked = locked;
    }

    private void requireLocked(String name) {
        requireOpen();
        if (!locked.contains(name)) {
            throw new IllegalArgumentException(
                    "Lease '%s' is not one of those that are locked: %s".formatted(name, locked));
        }
    }

    private void requireOpen() {
        if (over) {
            throw new IllegalStateException("The transaction is over");
        }
    }

    @Override
    public boolean isLive(long session) {
        requireOpen();
        return content.isLive(session);
    }

    @Override
    public boolean isExpired(long session) {
        requireOpen();
        SessionRow row = content.sessions.get(session);
        return row == null || row.expiresAt().isBefore(tables.now());
    }

    @Override
    public void create(LeaseSpec spec) {
        requireLocked(spec.name());
        content.leases.computeIfAbsent(
                spec.name(),
                name -> LeaseRow.empty(spec.kind(), tables.now()).resized(spec.partitions(), tables.now()));
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        requireLocked(name);
        return Optional.ofNullable(content.leases.get(name))
                .map(row -> new LeaseState(
                        row.kind(),
                        row.partitions().size(),
                        Duration.between(row.changedAt(), tables.now()).abs()));
    }

    @Override
    public void resize(String name, int partitions) {
        change(name, row -> row.resized(partitions, tables.now()));
    }

    @Override
    public Snapshot snapshot(String name) {
        change(name, row -> row.withoutDead(content));
        LeaseRow row = content.leases.get(name);
        return row == null
                ? new Snapshot(name, LeaseKind.PARTITIONS, List.of(), List.of())
                : row.snapshot(name, content, tables.now());
    }

    @Override
    public void addMember(String name, long session) {
        change(name, row -> {
            SortedSet<Long> members = new TreeSet<>(row.members());
            return content.isLive(session) && members.add(session) ? row.withMembers(members, tables.now()) : row;
        });
    }

    @Override
    public void removeMember(String name, long session) {
        change(name, row -> {
            SortedSet<Long> members = new TreeSet<>(row.members());
            return members.remove(session) ? row.withMembers(members, tables.now()) : row;
        });
    }

    @Override
    public void yieldFor(String name, long session, Duration time) {
        change(
                name,
                row -> row.members().contains(session)
                        ? row.withYield(session, tables.now().plus(time))
                        : row);
    }

    private void change(String name, UnaryOperator<LeaseRow> change) {
        requireLocked(name);
        content.leases.computeIfPresent(name, (key, row) -> change.apply(row));
    }

    @Override
    public List<Change> apply(String name, List<Change> changes) {
        requireLocked(name);
        LeaseRow lease = content.leases.get(name);
        if (lease == null) {
            return List.of();
        }
        List<PartitionRow> rows = new ArrayList<>(lease.partitions());
        List<Change> written = new ArrayList<>();
        for (Change change : changes) {
            int number = change.before().number();
            if (number < rows.size() && isAsRead(rows.get(number), change.before())) {
                rows.set(number, changed(rows.get(number), change));
                written.add(change);
            }
        }
        content.leases.put(name, lease.withPartitions(rows));
        return written;
    }

    private static boolean isAsRead(PartitionRow row, Snapshot.Partition before) {
        return row.owner() == before.owner() && row.pending() == before.pending() && row.token() == before.token();
    }

    private PartitionRow changed(PartitionRow row, Change change) {
        if (change instanceof Grant grant) {
            return new PartitionRow(row.number(), grant.to(), Snapshot.NOBODY, newToken(row, grant), tables.now());
        } else if (change instanceof Move move) {
            return new PartitionRow(row.number(), row.owner(), move.to(), row.token(), row.since());
        } else if (change instanceof Withdraw) {
            return new PartitionRow(row.number(), row.owner(), Snapshot.NOBODY, row.token(), row.since());
        } else if (change instanceof Vacate) {
            return new PartitionRow(row.number(), Snapshot.NOBODY, Snapshot.NOBODY, row.token(), tables.now());
        }
        throw new IllegalArgumentException("Unknown change " + change);
    }

    private long newToken(PartitionRow row, Grant grant) {
        long exceeded = Math.max(tables.tokenFloor(), Math.max(row.token(), grant.above()));
        return Math.max(MemoryTables.micros(tables.now()), exceeded + 1);
    }

    @Override
    public void raise(Collection<Long> sessions) {
        raised.addAll(sessions);
    }

    @Override
    public void end(long session) {
        content.sessions.computeIfPresent(session, (id, row) -> row.dead());
    }

    /** Ends the transaction: raises the inboxes that were asked for, as the last thing in it. */
    Set<Long> finish() {
        over = true;
        raised.forEach(session -> content.sessions.computeIfPresent(session, (id, row) -> row.raised()));
        return raised;
    }
}
