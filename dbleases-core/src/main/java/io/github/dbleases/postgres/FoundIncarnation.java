package io.github.dbleases.postgres;

import io.github.dbleases.spi.Incarnation;
import org.jspecify.annotations.Nullable;

/**
 * The incarnation that was found when a connection of the store was last set up. A connection that was set up earlier, in
 * another incarnation, is set up anew before it is used: a heartbeat over a direct connection does not look whether the
 * incarnation's row has been deleted or replaced, and would otherwise contradict all other replies for as long as the
 * connection lasts.
 */
final class FoundIncarnation {

    private volatile @Nullable Incarnation last;

    /** A connection has been set up in this incarnation. */
    void found(Incarnation incarnation) {
        last = incarnation;
    }

    /** Returns whether a connection that was set up in an incarnation may still be used. */
    boolean isLast(Incarnation incarnation) {
        return incarnation.equals(last);
    }
}
