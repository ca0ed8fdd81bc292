package io.github.dbleases.internal.rows;

import java.time.Instant;

/** The information about sessions that lease rows need. */
public interface SessionRows {

    /** Returns whether a session is live, even if it has expired. */
    boolean isLive(long session);

    /** Returns the weight of a live session. */
    int weight(long session);

    /** The clock of the store. */
    Instant now();
}
