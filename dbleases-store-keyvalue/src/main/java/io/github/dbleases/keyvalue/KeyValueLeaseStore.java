package io.github.dbleases.keyvalue;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;

/**
 * A store on any storage that can compare and set. Each live session is a document that its client rewrites with each
 * heartbeat. Each lease is a document with its members and partitions, and every change of a lease is one write.
 *
 * <p>This store needs no server clock. A session is dead once its document is gone, and stays dead because its id is never used
 * again. A client deletes the document of another session if it has not changed for the TTL and the grace, by the client's own
 * monotonic clock, and only if it still has the same version. If a renewal comes first, the delete fails; if the delete comes
 * first, the renewal fails.
 *
 * <p>This store lacks three things that PostgreSQL has. Without notifications, a change is found with the next heartbeat. There is
 * no fence for transactions. And there are no incarnations: if the storage loses acknowledged writes, for example because it was
 * restored from a copy, there are no guarantees until all clients have been stopped and started again.
 */
public final class KeyValueLeaseStore implements LeaseStore {

    private final Storage storage;

    /** Creates a store on a backend. Only clients of key-value stores may use the backend. */
    public KeyValueLeaseStore(KeyValueBackend backend) {
        this(backend, new SystemHost());
    }

    KeyValueLeaseStore(KeyValueBackend backend, Host host) {
        this.storage = new Storage(backend, host);
    }

    @Override
    public HeartbeatChannel heartbeatChannel(Timing timing) {
        return new KeyValueHeartbeatChannel(storage, timing);
    }

    @Override
    public WorkChannel workChannel(Timing timing) {
        return new KeyValueWorkChannel(storage, timing);
    }
}
