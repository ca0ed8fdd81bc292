package io.github.dbleases.internal.rows;

import java.util.Map;

/** What a transaction reads and writes: a copy of which nobody else knows until it is committed. */
public interface TransactionRows extends SessionRows {

    /** The leases by name; they may be replaced, and others added. */
    Map<String, LeaseRow> leases();

    /** Returns whether a session has expired, dead or not; true for one that does not exist. */
    boolean isExpired(long session);

    /** Returns how many leaderships a session has or is about to get, in all elections. */
    int leaderships(long session);

    /** Marks a session as dead. */
    void end(long session);

    /** What every new token exceeds. */
    long tokenFloor();
}
