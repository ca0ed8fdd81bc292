package io.github.dbleases.client;

import java.util.Collection;
import java.util.Optional;

/** The leases of a client. Used under the monitor. */
interface Registry {

    Collection<JoinedLease> leases();

    Optional<JoinedLease> find(String name);

    /** Returns whether this client takes up no new grants any more. */
    boolean isRetired();

    /** Returns whether this client is draining, to release everything at once. */
    boolean isClosing();

    /** Takes note that work on some partitions of a lease has ended. */
    void drained(JoinedLease lease);
}
