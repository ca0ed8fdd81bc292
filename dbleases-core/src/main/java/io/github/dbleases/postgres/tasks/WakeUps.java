package io.github.dbleases.postgres.tasks;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.internal.Backoff;
import io.github.dbleases.internal.jdbc.SqlIdentifiers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes runners when PostgreSQL sends a notification. One connection listens on all channels, on a thread of its own.
 * Notifications are only hints: without them, runners find tasks at the end of the interval. A broken connection is replaced,
 * however long that takes, and then all runners are woken, because notifications may have been missed.
 *
 * <p>Notifications that arrive together wake a runner once. Thread-safe.
 */
public final class WakeUps implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WakeUps.class);

    /** How often a silent connection is checked. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final DataSource dataSource;
    private final Map<String, List<TaskRunner>> runners;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "dbleases-wake-ups");
    private volatile @Nullable Connection listening;

    private WakeUps(DataSource dataSource, Map<String, List<TaskRunner>> runners) {
        this.dataSource = dataSource;
        this.runners = runners;
    }

    /**
     * Starts to listen, and returns at once.
     *
     * @param dataSource creates a new connection for each call, because the listening one stays open
     * @param runners the runners to wake, by channel. Channel names are case-sensitive
     */
    public static WakeUps start(
            DataSource dataSource, Map<String, ? extends Collection<? extends TaskRunner>> runners) {
        Map<String, List<TaskRunner>> copy = new LinkedHashMap<>();
        runners.forEach((channel, woken) -> copy.put(channel, List.copyOf(woken)));
        WakeUps wakeUps = new WakeUps(dataSource, copy);
        wakeUps.thread.setDaemon(true);
        wakeUps.thread.start();
        return wakeUps;
    }

    private void run() {
        Backoff backoff = Backoff.around(
                FIRST_PAUSE, LONGEST_PAUSE, () -> ThreadLocalRandom.current().nextDouble());
        while (!isClosed()) {
            try (Connection connection = dataSource.getConnection()) {
                listening = connection;
                PGConnection driver = listen(connection);
                log.debug("Listening on {}", runners.keySet());
                backoff.reset();
                wake(runners.keySet());
                while (!isClosed()) {
                    await(connection, driver);
                }
            } catch (LinkageError | UnsupportedDriverException unsupported) {
                log.warn(
                        "Notifications do not wake task runners, because the connection is not one of the PostgreSQL driver");
                return;
            } catch (SQLException | RuntimeException broken) {
                if (!isClosed()) {
                    log.info(
                            "Cannot listen for notifications. Until the connection is replaced, runners find tasks at the end of"
                                    + " their interval: {}",
                            broken.toString());
                    sleep(backoff.next());
                }
            } finally {
                listening = null;
            }
        }
    }

    private PGConnection listen(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(PGConnection.class)) {
            throw new UnsupportedDriverException();
        }
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            for (String channel : runners.keySet()) {
                statement.execute("LISTEN " + SqlIdentifiers.quoted(channel));
            }
        }
        return connection.unwrap(PGConnection.class);
    }

    private void await(Connection connection, PGConnection driver) throws SQLException {
        PGNotification[] notifications = driver.getNotifications((int) SILENCE.toMillis());
        if (notifications == null || notifications.length == 0) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
            }
            return;
        }
        Set<String> channels = new LinkedHashSet<>();
        for (PGNotification notification : notifications) {
            channels.add(notification.getName());
        }
        wake(channels);
    }

    private void wake(Set<String> channels) {
        for (String channel : channels) {
            runners.getOrDefault(channel, List.of()).forEach(TaskRunner::wake);
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void sleep(Duration pause) {
        try {
            // Ends early when this is closed, which the caller checks.
            boolean unused = closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            closed.countDown();
        }
    }

    /** Stops listening. Closing again has no effect. */
    @Override
    public void close() {
        closed.countDown();
        Connection connection = listening;
        if (connection != null) {
            try {
                // A thread that reads from a socket notices neither an interrupt nor an orderly close.
                connection.abort(Runnable::run);
            } catch (SQLException broken) {
                log.debug("The listening connection could not be closed", broken);
            }
        }
        try {
            thread.join(LONGEST_CLOSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class UnsupportedDriverException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }
}
