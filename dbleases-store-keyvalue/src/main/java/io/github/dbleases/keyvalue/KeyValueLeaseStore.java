package io.github.dbleases.keyvalue;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;

/**
 * A store on any storage that can compare and set. Each live session is a document, which its client writes anew at each
 * heartbeat; each lease is one, with its members and partitions, and everything that changes in it changes in one write.
 *
 * <p>No server clock is needed. A session is dead when its document is gone, for ever, since its id is never used again.
 * A client deletes the document of another when it has not changed for the ttl and the grace by the own monotonic clock,
 * and only in the version that it was seen to have all that time: a renewal that comes first makes the delete fail, and a
 * delete that comes first makes the renewal fail.
 *
 * <p>What the stores on a database server have and this one has not: notifications, so that a change is found at the next
 * heartbeat; the fence for transactions; and incarnations: when a storage loses writes that it has acknowledged, as one
 * does that was restored from a copy, nothing is promised until all clients have been stopped and started again.
 */
public final class KeyValueLeaseStore implements LeaseStore {

    private final Storage storage;

    /** Keeps everything in a backend, which belongs to this store's clients alone. */
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
