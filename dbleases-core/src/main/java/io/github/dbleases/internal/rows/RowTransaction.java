package io.github.dbleases.internal.rows;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.NewEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** A {@link LeaseTransaction} on rows. */
public final class RowTransaction implements LeaseTransaction {

    private final TransactionRows rows;
    private final Set<String> locked;
    private final Set<Long> raised = new TreeSet<>();
    private final Set<String> withOtherMembers = new TreeSet<>();
    private boolean over;

    /** Starts a transaction that may use the leases whose names are locked. */
    public RowTransaction(TransactionRows rows, Set<String> locked) {
        this.rows = rows;
        this.locked = locked;
    }

    /** Ends the transaction, and returns the sessions whose inboxes must be raised. */
    public Set<Long> finish() {
        over = true;
        return raised;
    }

    private void requireLocked(String name) {
        requireOpen();
        if (!locked.contains(name)) {
            throw new IllegalArgumentException(
                    "Lease '%s' is not locked by this transaction, which has locked %s.".formatted(name, locked));
        }
    }

    private void requireOpen() {
        if (over) {
            throw new IllegalStateException("The transaction is over.");
        }
    }

    @Override
    public boolean isLive(long session) {
        requireOpen();
        return rows.isLive(session);
    }

    @Override
    public boolean isExpired(long session) {
        requireOpen();
        return rows.isExpired(session);
    }

    @Override
    public void create(LeaseSpec spec) {
        requireLocked(spec.name());
        rows.leases().computeIfAbsent(spec.name(), name -> LeaseRow.empty(spec.kind(), spec.partitions(), rows.now()));
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        requireLocked(name);
        return Optional.ofNullable(rows.leases().get(name)).map(row -> row.state(rows.now()));
    }

    @Override
    public void assigned(String name, Assigned assigned) {
        change(name, row -> row.assigned() == assigned ? row : row.withAssigned(assigned));
    }

    @Override
    public void resize(String name, int partitions) {
        change(name, row -> row.resized(partitions, rows.now()));
    }

    @Override
    public Snapshot snapshot(String name) {
        change(name, row -> row.withoutDead(rows));
        LeaseRow row = rows.leases().get(name);
        return row == null
                ? new Snapshot(name, LeaseKind.PARTITIONS, List.of(), List.of())
                : row.snapshot(name, rows, rows::leaderships);
    }

    @Override
    public Snapshot excerpt(String name, Collection<Integer> listed) {
        change(name, row -> row.withoutDead(rows));
        LeaseRow row = rows.leases().get(name);
        return row == null
                ? new Snapshot(name, LeaseKind.PARTITIONS, List.of(), List.of())
                : row.excerpt(name, Set.copyOf(listed), rows, rows::leaderships);
    }

    @Override
    public Snapshot handOvers(String name, Collection<Integer> partitions) {
        requireLocked(name);
        LeaseRow row = rows.leases().get(name);
        return row == null
                ? new Snapshot(name, LeaseKind.PARTITIONS, List.of(), List.of())
                : row.handOvers(name, Set.copyOf(partitions), rows);
    }

    @Override
    public boolean names(String name, long session) {
        requireLocked(name);
        LeaseRow row = rows.leases().get(name);
        return row != null && row.names(session);
    }

    @Override
    public void addMember(String name, long session) {
        change(name, row -> rows.isLive(session) ? row.withMember(session, rows.now()) : row);
    }

    @Override
    public void removeMember(String name, long session) {
        change(name, row -> row.withoutMember(session, rows.now()));
    }

    @Override
    public boolean membersChanged(String name) {
        requireLocked(name);
        return withOtherMembers.contains(name);
    }

    @Override
    public void yieldFor(String name, long session, Duration time) {
        change(name, row -> row.withYield(session, rows.now().plus(time)));
    }

    private void change(String name, UnaryOperator<LeaseRow> change) {
        requireLocked(name);
        rows.leases().computeIfPresent(name, (key, row) -> {
            LeaseRow changed = change.apply(row);
            if (!changed.members().keySet().equals(row.members().keySet())) {
                withOtherMembers.add(name);
            }
            return changed;
        });
    }

    @Override
    public List<Change> apply(String name, List<Change> changes) {
        List<Change> written = new ArrayList<>();
        change(name, lease -> {
            List<PartitionRow> partitions = new ArrayList<>(lease.partitions());
            for (Change change : changes) {
                int number = change.before().number();
                if (number < partitions.size() && partitions.get(number).isAsRead(change.before())) {
                    partitions.set(number, partitions.get(number).changed(change, rows.now(), rows.tokenFloor()));
                    written.add(change);
                }
            }
            return written.isEmpty() ? lease : lease.withPartitions(partitions);
        });
        return written;
    }

    @Override
    public void raiseInboxes(Collection<Long> sessions) {
        requireOpen();
        raised.addAll(sessions);
    }

    @Override
    public void record(long by, Collection<NewEvent> events) {
        requireOpen();
        rows.record(by, events);
    }

    @Override
    public void end(long session) {
        requireOpen();
        rows.end(session);
    }
}
