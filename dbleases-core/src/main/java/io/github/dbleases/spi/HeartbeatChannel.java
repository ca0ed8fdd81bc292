package io.github.dbleases.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * The channel on which a client opens and renews its session. It is used by one thread at a time. Any thread may call
 * {@link #close()}, which also ends a call in progress.
 *
 * <p>{@link #open} and {@link #renew} end within the attempt timeout. If one of them fails with
 * {@link io.github.dbleases.StoreUnavailableException}, it may or may not have taken effect.
 */
public interface HeartbeatChannel extends AutoCloseable {

    /**
     * Opens a session that expires when its TTL has passed on the store's clock.
     *
     * @throws io.github.dbleases.StoreUnavailableException if the store does not answer in time
     * @throws io.github.dbleases.StoreUnusableException if the store reports that it cannot be used
     */
    Renewal open(NewSession session);

    /**
     * Renews a session if it is live, even if it has expired: its TTL starts again on the store's clock. This takes one
     * statement, and its cost does not depend on what the session owns.
     *
     * @return the reply, or empty if the session is over: it was marked dead, it ended, or it is unknown
     * @throws io.github.dbleases.StoreUnavailableException if the store does not answer in time
     */
    Optional<Renewal> renew(long session);

    /**
     * Waits until something may have changed for a session, or until the time has passed. A store without notifications
     * always waits for the whole time.
     *
     * @return whether something may have changed
     * @throws io.github.dbleases.StoreUnavailableException if the connection is broken
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    boolean awaitHint(long session, Duration atMost) throws InterruptedException;

    /** Closes the connection. A later call on this channel connects again. */
    @Override
    void close();
}
