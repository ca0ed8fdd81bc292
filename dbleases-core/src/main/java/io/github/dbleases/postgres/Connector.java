package io.github.dbleases.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Takes connections from a data source for one channel. A data source may hang, and no caller can interrupt it. So it is
 * called on another thread, which is left behind when the attempt is over. A connection that arrives later is closed.
 */
final class Connector {

    /** With timeouts on the data source, fewer calls than this hang at a time. */
    private static final int MAX_HANGING = 8;

    private static final long PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

    private final DataSource dataSource;
    private final AtomicInteger hanging = new AtomicInteger();
    private long lastStart = System.nanoTime();

    Connector(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Returns a new connection, or throws if none has arrived when the attempt is over. */
    Connection connect(Attempt attempt) throws SQLException {
        long now = System.nanoTime();
        if (hanging.get() >= MAX_HANGING && now - lastStart < PAUSE_NANOS) {
            throw new SQLException(
                    "%d earlier attempts to connect still hang: set a connect timeout and a login timeout on the data source"
                            .formatted(hanging.get()));
        }
        lastStart = now;
        CompletableFuture<Connection> arriving = new CompletableFuture<>();
        hanging.incrementAndGet();
        try {
            attempt.runAside(() -> connect(arriving));
        } catch (Throwable noThread) {
            hanging.decrementAndGet();
            throw noThread;
        }
        attempt.whenEnded(
                () -> arriving.completeExceptionally(new SQLException("The connection did not arrive in time")));
        return await(arriving);
    }

    private void connect(CompletableFuture<Connection> arriving) {
        try {
            Connection connection = dataSource.getConnection();
            if (!arriving.complete(connection)) {
                connection.close();
            }
        } catch (Throwable e) {
            arriving.completeExceptionally(e);
        } finally {
            hanging.decrementAndGet();
        }
    }

    private static Connection await(CompletableFuture<Connection> arriving) throws SQLException {
        try {
            return arriving.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!arriving.completeExceptionally(e) && !arriving.isCompletedExceptionally()) {
                arriving.join().close();
            }
            throw new SQLException("Interrupted while connecting", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw new SQLException("Cannot connect", e.getCause());
        }
    }
}
