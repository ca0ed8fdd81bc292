package io.github.dbleases.postgres;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.jdbc.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one channel: opened at the first call, discarded when it breaks, opened again at the next call. Every
 * call ends within the attempt timeout, whatever the data source, the network or the database does.
 */
final class ChannelConnection {

    private static final int MAX_TRIES = 4;

    private static final Set<SqlState> CONFLICT = Set.of(SqlState.DEADLOCK_DETECTED, SqlState.SERIALIZATION_FAILURE);

    /** The statement is not prepared, or already prepared (both because of a pooler), or its plan is outdated. */
    private static final Set<SqlState> STALE_PLAN = Set.of(
            SqlState.INVALID_SQL_STATEMENT_NAME, SqlState.DUPLICATE_PREPARED_STATEMENT, SqlState.FEATURE_NOT_SUPPORTED);

    private static final Set<SqlState> TABLE_PROBLEM =
            Set.of(SqlState.UNDEFINED_TABLE, SqlState.INVALID_SCHEMA_NAME, SqlState.INSUFFICIENT_PRIVILEGE);

    /** The password is wrong, the user is unknown or not allowed, there is no way to log in, or no such database. */
    private static final Set<SqlState> LOGIN_REFUSED = Set.of(
            SqlState.INVALID_PASSWORD,
            SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
            SqlState.SERVER_REJECTED_CONNECTION,
            SqlState.INVALID_CATALOG_NAME);

    /** The statement failed, but the connection can be used as before. */
    private static final Set<SqlState> HARMLESS = Set.of(
            SqlState.LOCK_NOT_AVAILABLE,
            SqlState.QUERY_CANCELED,
            SqlState.UNIQUE_VIOLATION,
            SqlState.DEADLOCK_DETECTED,
            SqlState.SERIALIZATION_FAILURE);

    private final PostgresLeaseStore store;
    private final Timing timing;
    private final OpenConnection.Use use;
    private final Connector connector;

    private boolean prepares = true;
    private @Nullable OpenConnection connection;
    private @Nullable Attempt current;

    ChannelConnection(PostgresLeaseStore store, Timing timing, OpenConnection.Use use) {
        this.store = store;
        this.timing = timing;
        this.use = use;
        this.connector = new Connector(store.dataSource);
    }

    /** A call to the database. */
    @FunctionalInterface
    interface Call<T> {

        T on(OpenConnection connection) throws SQLException;
    }

    /**
     * Calls the database.
     *
     * @param repeatable whether the call may be repeated even if it has had an effect
     * @throws StoreUnavailableException if the database does not answer in time, or fails
     * @throws StoreUnusableException if the database has to be changed before it can be used
     */
    <T> T call(boolean repeatable, Call<T> call) {
        Attempt attempt = begin(timing.attemptTimeout());
        try {
            for (int tried = 1; ; tried++) {
                try {
                    OpenConnection open = connected(attempt);
                    open.jdbc().setNetworkTimeout(Runnable::run, attempt.remainingMillis());
                    return call.on(open);
                } catch (SQLException e) {
                    String reason = attempt.reason();
                    if (reason != null) {
                        throw new StoreUnavailableException(reason, e);
                    }
                    throwUnlessRetried(e, repeatable, tried);
                } catch (DbLeasesException e) {
                    throw e;
                } catch (Throwable e) {
                    // The state of the connection is unknown.
                    discard();
                    throw e;
                }
            }
        } finally {
            finish(attempt);
        }
    }

    /**
     * Waits until a notification names a session, the time has passed, or the channel is closed.
     *
     * @return whether the session was named
     */
    boolean awaitHint(long session, Duration atMost) throws InterruptedException {
        Attempt attempt = begin(atMost.plus(timing.attemptTimeout()));
        try {
            Driver listener = connection == null ? null : connection.listener();
            if (listener == null) {
                attempt.await(atMost);
                return false;
            }
            return Hints.await(listener, attempt, session, atMost);
        } catch (SQLException e) {
            if (attempt.reason() != null) {
                return false;
            }
            discard();
            throw new StoreUnavailableException("The connection broke: " + e.getMessage(), e);
        } finally {
            finish(attempt);
        }
    }

    /**
     * Closes the connection and ends a call that is under way. May be called by any thread, and takes at most as long as an
     * attempt. The next call opens a new connection.
     */
    void close() {
        OpenConnection unused;
        synchronized (this) {
            if (current != null) {
                current.end("The channel was closed.");
                return;
            }
            unused = connection;
            connection = null;
        }
        if (unused != null) {
            giveBack(unused);
        }
    }

    private void giveBack(OpenConnection unused) {
        Attempt closing = new Attempt(store.threads, timing.attemptTimeout());
        closing.guard(unused.jdbc());
        try {
            unused.close();
        } catch (SQLException e) {
            // The connection is no longer needed, so its failure does not matter.
        } finally {
            closing.finish();
        }
    }

    private synchronized Attempt begin(Duration budget) {
        if (current != null) {
            throw new IllegalStateException("The channel is used by another thread");
        }
        Attempt attempt = new Attempt(store.threads, budget);
        if (connection != null) {
            attempt.guard(connection.jdbc());
        }
        current = attempt;
        return attempt;
    }

    /** A thread that closes the channel either ends the attempt before this, or closes the connection after this. */
    private synchronized void finish(Attempt attempt) {
        if (attempt.finish() || (connection != null && connection.isBroken())) {
            discard();
        }
        current = null;
    }

    private OpenConnection connected(Attempt attempt) throws SQLException {
        if (connection != null && store.isNewest(connection.incarnation())) {
            return connection;
        }
        discard();
        Connection jdbc = connector.connect(attempt);
        attempt.guard(jdbc);
        try {
            OpenConnection opened = new OpenConnection(jdbc, store, timing, use, prepares);
            connection = opened;
            store.found(opened.incarnation());
            return opened;
        } catch (SQLException e) {
            RuntimeException problem = tableProblem(jdbc, e);
            abort(jdbc);
            if (problem != null) {
                throw problem;
            }
            throw e;
        } catch (RuntimeException e) {
            abort(jdbc);
            throw e;
        }
    }

    /** Returns if the call should be tried again. */
    private void throwUnlessRetried(SQLException e, boolean repeatable, int tried) {
        if (e.getCause() instanceof DbLeasesException explained) {
            // The data source has a better explanation: it knows where it tried to connect to.
            throw explained;
        }
        if (SqlState.isOneOf(LOGIN_REFUSED, e)) {
            throw new StoreUnusableException(
                    "The database refuses the connection: %s.".formatted(e.getMessage()),
                    "Correct the user, the password, or the database that the data source connects to.",
                    e);
        }
        if (SqlState.isOneOf(CONFLICT, e) && tried < MAX_TRIES) {
            return;
        }
        if (SqlState.isOneOf(STALE_PLAN, e) && tried < MAX_TRIES) {
            // Nothing was executed. A pooler that looks like the server may have prepared it on another connection.
            prepares = false;
            discard();
            return;
        }
        if (connection != null) {
            RuntimeException problem = tableProblem(connection.jdbc(), e);
            if (problem != null) {
                throw problem;
            }
        }
        if (!SqlState.isOneOf(HARMLESS, e)) {
            discard();
        }
        if (e instanceof Server.ChangedException && repeatable && tried < MAX_TRIES) {
            return;
        }
        throw new StoreUnavailableException("The database failed: " + e.getMessage(), e);
    }

    /** Returns what is wrong with the tables, or with the user's rights on them. Null if nothing is. */
    private @Nullable RuntimeException tableProblem(Connection jdbc, SQLException e) {
        if (!SqlState.isOneOf(TABLE_PROBLEM, e)) {
            return null;
        }
        try {
            return store.tables.problem(jdbc, e).orElse(null);
        } catch (SQLException further) {
            e.addSuppressed(further);
            return null;
        }
    }

    /** Closes a connection that is broken or in doubt. A pool must not use it again. */
    private void discard() {
        OpenConnection broken = connection;
        connection = null;
        if (broken != null) {
            abort(broken.jdbc());
        }
    }

    private static void abort(Connection jdbc) {
        try (jdbc) {
            jdbc.abort(Runnable::run);
        } catch (SQLException e) {
            // It is already closed.
        }
    }
}
