package io.github.dbleases.internal.rows;

import java.time.Instant;

/** What rows have to know of sessions. */
public interface SessionRows {

    /** Returns whether a session is live, expired or not. */
    boolean isLive(long session);

    /** Returns the weight of a live session. */
    int weight(long session);

    /** The clock of the store. */
    Instant now();
}
