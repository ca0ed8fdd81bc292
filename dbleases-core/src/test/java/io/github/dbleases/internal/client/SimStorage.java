package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.function.Supplier;

/** The storage in which simulated processes keep their leases, and the network to it. */
interface SimStorage {

    HeartbeatChannel heartbeatChannel(SimEnvironment process, Timing timing);

    /** Returns a channel on which open transactions sometimes fence partitions, if the storage has such a fence. */
    WorkChannel workChannel(SimEnvironment process, Timing timing);

    /**
     * Makes a call for a process.
     *
     * @return an action that abandons the call
     */
    <T> Runnable call(SimLoop<?> loop, Supplier<T> call, Outcome<T> outcome);

    /** Reads everything. */
    ClusterSnapshot clusterSnapshot();

    /** Makes the storage unreachable, or reachable again. */
    void setAway(boolean away);

    /** Causes a mishap that is specific to this kind of storage. */
    void mishap(Mishap mishap, SimProcess victim);

    /** Resets the rate of its clock, if it has one. */
    void heal();

    /** Returns whether it answers quickly, and neither its data nor its clock was set back recently. */
    boolean isCalm();

    /** Returns for how long no new process may start. */
    Duration unsafeForNewcomers();

    /** Forgets the calls in progress. */
    void close();

    /** Receives the outcome of a call, if there is one. */
    interface Outcome<T> {

        void succeed(T answer);

        void fail(RuntimeException failure);
    }

    /** How bad a mishap is. */
    enum Mishap {
        ODD,
        GRAVE
    }
}
