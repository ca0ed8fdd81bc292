package io.github.dbleases.spi;

import io.github.dbleases.Timing;

/**
 * Where sessions, leases and partitions are kept. May be shared by any number of clients and threads.
 *
 * <p>Both methods only prepare a line; the first call on it may connect.
 */
public interface LeaseStore {

    /** Returns a line for the heartbeats of one client. Its attempts keep to {@link Timing#attemptTimeout()}. */
    HeartbeatChannel heartbeatChannel(Timing timing);

    /** Returns a line for all other work of one client. Its attempts keep to {@link Timing#attemptTimeout()}. */
    WorkChannel workChannel(Timing timing);
}
