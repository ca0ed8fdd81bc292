package io.github.dbleases.internal.rows;

import io.github.dbleases.spi.NewEvent;
import java.util.Collection;
import java.util.Map;

/** The rows that a transaction reads and writes. They are a private copy until the commit. */
public interface TransactionRows extends SessionRows {

    /** The leases by name. The map is modifiable. */
    Map<String, LeaseRow> leases();

    /** Returns whether a session has expired, dead or not. Also true if the session does not exist. */
    boolean isExpired(long session);

    /** Returns how many leaderships a session has or is about to get, in all elections. */
    int leaderships(long session);

    /** Asks a session to stand by, or to take part again, if it is live. */
    void setDrained(long session, boolean drained);

    /** Ends a session by marking it dead. */
    void end(long session);

    /** Adds events to the history. Rows without a history ignore them. */
    default void record(long by, Collection<NewEvent> events) {}

    /** Every new token is larger than this. */
    long tokenFloor();
}
