package io.github.dbleases.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * The line on which a client keeps its session. Used by one thread at a time; {@link #close()} may be called by any
 * thread and ends a call that is under way.
 *
 * <p>{@link #open} and {@link #renew} end within the attempt timeout. If they fail with
 * {@link io.github.dbleases.StoreUnavailableException}, whether they had an effect is unknown.
 */
public interface HeartbeatChannel extends AutoCloseable {

    /**
     * Opens a session, which lives until its ttl from now by the store's clock.
     *
     * @throws io.github.dbleases.StoreUnavailableException if the store does not answer in time
     * @throws io.github.dbleases.StoreUnusableException if the store answers that it cannot be used
     */
    Renewal open(NewSession session);

    /**
     * Renews a session that is live, expired or not, so that it lives until its ttl from now by the store's clock. One
     * statement, whose cost does not depend on what the session owns.
     *
     * @return what the session has to know, or empty if it is over: marked dead, ended or unknown
     * @throws io.github.dbleases.StoreUnavailableException if the store does not answer in time
     */
    Optional<Renewal> renew(long session);

    /**
     * Waits until something may have changed for a session, or for a time. A store without notifications only waits.
     *
     * @return whether something may have changed
     * @throws io.github.dbleases.StoreUnavailableException if the line is broken
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    boolean awaitHint(long session, Duration atMost) throws InterruptedException;

    /** Gives up the connection. The line can be used again and connects anew, unless the caller is done with it. */
    @Override
    void close();
}
