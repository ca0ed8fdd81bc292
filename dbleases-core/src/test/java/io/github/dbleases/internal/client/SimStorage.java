package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.function.Supplier;

/** What simulated processes keep their leases in, and the network between them and it. */
interface SimStorage {

    HeartbeatChannel heartbeatChannel(SimEnvironment process, Timing timing);

    /** Returns a line on which partitions are fenced by open transactions now and then, if the storage has such a fence. */
    WorkChannel workChannel(SimEnvironment process, Timing timing);

    /**
     * Makes a call of a process.
     *
     * @return gives the call up: nobody waits for its outcome any more
     */
    <T> Runnable call(SimLoop loop, Supplier<T> call, Outcome<T> outcome);

    /** Reads everything at once. */
    ClusterSnapshot clusterSnapshot();

    /** Lets the storage be away, or come back. */
    void setAway(boolean away);

    /** Something happens that happens only to this kind of storage. */
    void mishap(Mishap mishap, SimProcess victim);

    /** Its clock, if it has one, runs as that of the world again. */
    void heal();

    /** Returns whether it answers quickly, and has not been set back and had no clock set at this moment. */
    boolean isCalm();

    /** Returns for how long no new process may start. */
    Duration unsafeForNewcomers();

    /** Forgets the calls that are under way. */
    void close();

    /** Is told the outcome of a call, if it has one. */
    interface Outcome<T> {

        void succeed(T answer);

        void fail(RuntimeException failure);
    }

    /** How bad something is. */
    enum Mishap {
        ODD,
        GRAVE
    }
}
