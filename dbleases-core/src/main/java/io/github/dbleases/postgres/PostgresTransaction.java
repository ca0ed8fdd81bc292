package io.github.dbleases.postgres;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.LeaseTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A transaction under the locks of leases. What it does to session rows is collected and written last, so that a
 * heartbeat waits for no more than that statement and the commit.
 */
final class PostgresTransaction implements LeaseTransaction {

    private final TransactionParts parts;
    private final Connection jdbc;
    private final SortedSet<String> names;
    private final long tokenFloor;
    private final Map<String, LeaseState> states;
    private final Set<Long> raised = new TreeSet<>();
    private final Set<Long> ended = new TreeSet<>();
    private final Set<String> changed = new TreeSet<>();
    private final Set<String> withOtherMembers = new TreeSet<>();
    private @Nullable SQLException failure;
    private boolean over;

    private PostgresTransaction(
            TransactionParts parts, Connection jdbc, SortedSet<String> names, LeaseRows.Begun begun) {
        this.parts = parts;
        this.jdbc = jdbc;
        this.names = names;
        this.tokenFloor = begun.tokenFloor();
        this.states = begun.leases();
    }

    /** Begins and locks the leases. */
    static PostgresTransaction begin(TransactionParts parts, OpenConnection connection, SortedSet<String> leases)
            throws SQLException {
        return new PostgresTransaction(
                parts, connection.jdbc(), leases, parts.leases().begin(connection, leases));
    }

    /** Writes what is left and commits. */
    void commit() throws SQLException {
        over = true;
        if (failure != null) {
            throw failure;
        }
        parts.sessions().write(jdbc, raised, ended, changed);
        jdbc.commit();
    }

    @Override
    public boolean isLive(long session) {
        return !ended.contains(session) && isTrue(parts.isLive(), session);
    }

    @Override
    public boolean isExpired(long session) {
        return isTrue(parts.isExpired(), session);
    }

    private boolean isTrue(String sql, long session) {
        return call(() -> {
            try (PreparedStatement statement = Jdbc.prepare(jdbc, sql, session);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        });
    }

    @Override
    public void create(LeaseSpec spec) {
        callOn(
                spec.name(),
                () -> states.containsKey(spec.name()) || parts.leases().create(jdbc, spec));
    }

    @Override
    public Optional<LeaseState> lease(String name) {
        return callOn(name, () -> {
            if (!states.containsKey(name)) {
                states.putAll(parts.leases().read(jdbc, name));
            }
            return Optional.ofNullable(states.get(name));
        });
    }

    @Override
    public void resize(String name, int partitions) {
        callOn(name, () -> {
            parts.leases().resize(jdbc, name, partitions);
            return noteChange(name, true);
        });
    }

    @Override
    public Snapshot snapshot(String name) {
        return callOn(name, () -> {
            SnapshotQuery.Read read = parts.snapshots().read(jdbc, name, ended);
            if (read.buried()) {
                withOtherMembers.add(name);
            }
            return read.lease();
        });
    }

    @Override
    public void addMember(String name, long session) {
        callOn(
                name,
                () -> noteOtherMembers(
                        name, !ended.contains(session) && parts.leases().addMember(jdbc, name, session)));
    }

    @Override
    public void removeMember(String name, long session) {
        callOn(name, () -> noteOtherMembers(name, parts.leases().removeMember(jdbc, name, session)));
    }

    @Override
    public boolean membersChanged(String name) {
        return withOtherMembers.contains(name);
    }

    @Override
    public void yieldFor(String name, long session, Duration time) {
        callOn(name, () -> parts.leases().yieldFor(jdbc, name, session, time));
    }

    @Override
    public List<Change> apply(String name, List<Change> changes) {
        return callOn(name, () -> {
            List<Change> written = parts.partitions().apply(jdbc, name, changes, tokenFloor);
            if (!written.isEmpty()) {
                changed.add(name);
            }
            return written;
        });
    }

    @Override
    public void raiseInboxes(Collection<Long> sessions) {
        raised.addAll(sessions);
        raised.remove(Snapshot.NO_SESSION);
    }

    @Override
    public void end(long session) {
        ended.add(session);
    }

    private boolean noteOtherMembers(String name, boolean isChanged) {
        if (isChanged) {
            withOtherMembers.add(name);
        }
        return noteChange(name, isChanged);
    }

    /** What was read of the lease before is outdated. */
    private boolean noteChange(String name, boolean isChanged) {
        if (isChanged) {
            changed.add(name);
            states.remove(name);
        }
        return isChanged;
    }

    private <T> T callOn(String name, SqlCall<T> call) {
        if (!names.contains(name)) {
            throw new IllegalArgumentException(
                    "Lease '%s' is not one of those that are locked: %s".formatted(name, names));
        }
        return call(call);
    }

    private <T> T call(SqlCall<T> call) {
        if (over) {
            throw new IllegalStateException("The transaction is over");
        }
        try {
            return call.call();
        } catch (SQLException e) {
            failure = e;
            throw new UncheckedSqlException(e);
        }
    }

    @FunctionalInterface
    private interface SqlCall<T> {

        T call() throws SQLException;
    }
}
