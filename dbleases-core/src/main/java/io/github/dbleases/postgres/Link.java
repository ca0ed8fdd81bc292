package io.github.dbleases.postgres;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one line: made when it is first needed, given up when it breaks, made anew at the next call. Every
 * call keeps to the attempt timeout, whatever the data source, the network or the database does.
 */
final class Link {

    private static final int TRIES = 4;

    private final StoreParts parts;
    private final Timing timing;
    private final OpenConnection.Use use;
    private final Connector connector;

    private boolean prepares = true;
    private @Nullable OpenConnection connection;
    private @Nullable Attempt current;

    Link(StoreParts parts, Timing timing, OpenConnection.Use use) {
        this.parts = parts;
        this.timing = timing;
        this.use = use;
        this.connector = new Connector(parts.dataSource(), parts.threads());
    }

    /**
     * Calls the database.
     *
     * @param repeatable whether the call may be repeated even if it had an effect
     * @throws StoreUnavailableException if it does not answer in time, or with an error
     * @throws StoreUnusableException if it is not what it should be
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
                    settle(e, repeatable, tried);
                } catch (DbLeasesException e) {
                    throw e;
                } catch (Throwable e) {
                    // Whatever state it has left the connection in.
                    discard();
                    throw e;
                }
            }
        } finally {
            finish(attempt);
        }
    }

    /**
     * Waits until a notification names a session, for a time, or until the line is closed.
     *
     * @return whether it was named
     */
    boolean awaitHint(long session, Duration atMost) throws InterruptedException {
        Attempt attempt = begin(atMost.plus(timing.attemptTimeout()));
        try {
            Driver listener = connection == null ? null : connection.listener();
            if (listener == null) {
                attempt.await(atMost);
                return false;
            }
            return new HintWait(listener, attempt).await(session, atMost);
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
     * Gives up the connection and ends the call that is under way. May be called by any thread; takes no longer than an
     * attempt.
     */
    void close() {
        OpenConnection unused;
        synchronized (this) {
            if (current != null) {
                current.end("The line was closed.");
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
        Attempt closing = new Attempt(parts.threads(), timing.attemptTimeout());
        closing.guard(unused.jdbc());
        try {
            unused.close();
        } catch (SQLException e) {
            // It is of no use any more, whatever is the matter with it.
        } finally {
            closing.finish();
        }
    }

    private synchronized Attempt begin(Duration budget) {
        if (current != null) {
            throw new IllegalStateException("The line is used by another thread");
        }
        Attempt attempt = new Attempt(parts.threads(), budget);
        if (connection != null) {
            attempt.guard(connection.jdbc());
        }
        current = attempt;
        return attempt;
    }

    /** Whoever closes the line ends the attempt before this, or closes the connection after this. */
    private synchronized void finish(Attempt attempt) {
        if (attempt.finish() || (connection != null && connection.isBroken())) {
            discard();
        }
        current = null;
    }

    private OpenConnection connected(Attempt attempt) throws SQLException {
        if (connection != null && parts.found().isLast(connection.incarnation())) {
            return connection;
        }
        discard();
        Connection jdbc = connector.connect(attempt);
        attempt.guard(jdbc);
        try {
            OpenConnection opened = OpenConnection.setUp(jdbc, parts, timing, use, prepares);
            connection = opened;
            parts.found().found(opened.incarnation());
            return opened;
        } catch (SQLException e) {
            RuntimeException missing = missingTables(jdbc, e);
            abort(jdbc);
            if (missing != null) {
                throw missing;
            }
            throw e;
        } catch (RuntimeException e) {
            abort(jdbc);
            throw e;
        }
    }

    /** Returns if the call may be tried again. */
    private void settle(SQLException e, boolean repeatable, int tried) {
        if (e.getCause() instanceof DbLeasesException explained) {
            // The data source knows where it wanted to connect to.
            throw explained;
        }
        if (Failures.isLoginRefused(e)) {
            throw new StoreUnusableException(
                    "The database refuses the connection: %s.".formatted(e.getMessage()),
                    "Correct the user, the password, or the database that the data source connects to.",
                    e);
        }
        if (Failures.isConflict(e) && tried < TRIES) {
            return;
        }
        if (Failures.isStalePlan(e) && tried < TRIES) {
            // Nothing was executed. A pooler that looks like the server may have prepared it on another connection.
            prepares = false;
            discard();
            return;
        }
        if (connection != null) {
            RuntimeException missing = missingTables(connection.jdbc(), e);
            if (missing != null) {
                throw missing;
            }
        }
        if (!Failures.leavesConnectionUsable(e)) {
            discard();
        }
        if (e instanceof ServerChangedException && repeatable && tried < TRIES) {
            return;
        }
        throw new StoreUnavailableException("The database failed: " + e.getMessage(), e);
    }

    /** Returns what is wrong with the tables, or with the rights of the user on them; null if nothing is. */
    private @Nullable RuntimeException missingTables(Connection jdbc, SQLException e) {
        if (!Failures.isMissingTable(e) && !Failures.isWithoutPrivilege(e)) {
            return null;
        }
        try {
            RuntimeException missingRights = MissingRights.on(parts.tables(), jdbc, e);
            return missingRights != null ? missingRights : parts.tables().missing(jdbc);
        } catch (SQLException further) {
            e.addSuppressed(further);
            return null;
        }
    }

    /** Closes a connection that is broken or in doubt; a pool must not use it again. */
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
            // It is closed already.
        }
    }

    /** A call to the database. */
    @FunctionalInterface
    interface Call<T> {

        T on(OpenConnection connection) throws SQLException;
    }
}
