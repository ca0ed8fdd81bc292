package io.github.dbleases.spi;

import io.github.dbleases.Timing;

/**
 * Keeps sessions, leases and partitions. Any number of clients and threads may share a store.
 *
 * <p>Both methods only create a channel. The first call on the channel may connect.
 */
public interface LeaseStore {

    /** Returns a channel for the heartbeats of one client. Each attempt ends within {@link Timing#attemptTimeout()}. */
    HeartbeatChannel heartbeatChannel(Timing timing);

    /** Returns a channel for all other work of one client. Each attempt ends within {@link Timing#attemptTimeout()}. */
    WorkChannel workChannel(Timing timing);
}
