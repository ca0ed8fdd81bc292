package io.github.dbleases.postgres.tasks;

import io.github.dbleases.TaskRunner;
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
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes runners when PostgreSQL notifies of a channel: one connection listens for all of them, on a thread of its own. A
 * notification is only a hint: without it, tasks are found at the end of the interval. So a connection that breaks is
 * replaced, however long that takes, and all runners are woken then, as nobody knows what was missed.
 *
 * <p>Any number of notifications that arrive together wake a runner once. All methods may be called from any thread.
 */
public final class WakeUps implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WakeUps.class);

    /** How often a connection that is silent is asked whether it is still there. */
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
     * Begins to listen; returns at once.
     *
     * @param dataSource makes a new connection for each call, as the one that listens stands for long
     * @param runners whom to wake, by the channel; names of channels are taken as they are written
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
        Duration pause = FIRST_PAUSE;
        while (!isClosed()) {
            try (Connection connection = dataSource.getConnection()) {
                listening = connection;
                PGConnection driver = listen(connection);
                log.debug("Listening on {}", runners.keySet());
                pause = FIRST_PAUSE;
                wake(runners.keySet());
                while (!isClosed()) {
                    await(connection, driver);
                }
            } catch (LinkageError | UnsupportedDriverException unsupported) {
                log.warn("Notifications do not wake task runners: the connection is not of the driver of PostgreSQL");
                return;
            } catch (SQLException | RuntimeException broken) {
                if (!isClosed()) {
                    log.info(
                            "No notifications wake task runners for now, tasks are found at the end of the interval: {}",
                            broken.toString());
                    pause = sleep(pause);
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

    /** Returns how long the next pause is. */
    private Duration sleep(Duration pause) {
        try {
            if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return pause;
            }
        } catch (InterruptedException interrupted) {
            closed.countDown();
        }
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** Listens no more. Closing again does nothing. */
    @Override
    public void close() {
        closed.countDown();
        Connection connection = listening;
        if (connection != null) {
            try {
                // A read from a socket notices neither an interrupt nor an orderly close.
                connection.abort(Runnable::run);
            } catch (SQLException broken) {
                log.debug("The connection that listens could not be closed", broken);
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
