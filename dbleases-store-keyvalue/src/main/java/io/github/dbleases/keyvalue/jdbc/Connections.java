package io.github.dbleases.keyvalue.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the backend. It keeps the two that were used last, because a client has one thread for heartbeats
 * and one for other work. Each connection uses autocommit and, if the driver supports it, a network timeout.
 */
final class Connections implements AutoCloseable {

    private static final int MOST_IDLE = 2;

    /** Shorter than the time after which firewalls drop idle connections. */
    private static final long LONGEST_IDLE_NANOS = Duration.ofSeconds(60).toNanos();

    private final DataSource dataSource;
    private final int timeoutMillis;
    private final Deque<Idle> idle = new ArrayDeque<>();

    Connections(DataSource dataSource, Duration timeout) {
        this.dataSource = dataSource;
        this.timeoutMillis = (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
    }

    /** Returns a connection that only the caller uses until it is given back or discarded. */
    Connection take() throws SQLException {
        Connection kept = takeIdle();
        return kept != null ? kept : open();
    }

    private @Nullable Connection takeIdle() {
        Idle last;
        List<Connection> old = new ArrayList<>();
        synchronized (idle) {
            while (!idle.isEmpty() && System.nanoTime() - idle.getLast().since() > LONGEST_IDLE_NANOS) {
                old.add(idle.removeLast().connection());
            }
            last = idle.pollFirst();
        }
        old.forEach(Connections::closeQuietly);
        return last == null ? null : last.connection();
    }

    private Connection open() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            if (!connection.getAutoCommit()) {
                connection.setAutoCommit(true);
            }
            limit(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private void limit(Connection connection) throws SQLException {
        try {
            connection.setNetworkTimeout(Runnable::run, timeoutMillis);
        } catch (SQLFeatureNotSupportedException | AbstractMethodError withoutNetwork) {
            // An in-process database, or a driver that takes timeouts only from its URL.
        }
    }

    /** Takes back a connection that works. */
    void giveBack(Connection connection) {
        synchronized (idle) {
            if (idle.size() < MOST_IDLE) {
                idle.addFirst(new Idle(connection, System.nanoTime()));
                return;
            }
        }
        closeQuietly(connection);
    }

    /**
     * Closes a connection that is or may be broken. Also closes the idle ones, because they lead to the same database.
     */
    void discard(Connection broken) {
        closeQuietly(broken);
        close();
    }

    /** Closes the idle connections. Later calls open new ones. */
    @Override
    public void close() {
        List<Idle> all;
        synchronized (idle) {
            all = List.copyOf(idle);
            idle.clear();
        }
        all.forEach(kept -> closeQuietly(kept.connection()));
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            // The connection is discarded anyway.
        }
    }

    private record Idle(Connection connection, long since) {}
}
