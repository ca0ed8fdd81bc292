package io.github.dbleases.internal.client;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A partition that this client works on, or has stopped to take up work on and is draining. Used under the monitor, but
 * for the holds: they are counted in one number with a bit that is set when the partition is gone from the view. So a hold
 * is either counted before that, and waited for, or refused.
 *
 * <p>Each step on the way from the view to the end is a flag of its own, set when the step is done. So a step that an
 * {@code Error} has interrupted can be found and repeated.
 */
final class OwnedPartition {

    private static final int GONE = Integer.MIN_VALUE;

    private final int partition;
    private final long token;
    private final long epoch;
    private volatile State state = State.ACTIVE;
    private final AtomicInteger holds = new AtomicInteger();
    private boolean stopAnnounced;
    private boolean listenersDone;
    private boolean drainHandled;
    private boolean resigned;

    /**
     * A partition that is taken up.
     *
     * @param epoch the epoch of trust in which it was granted
     */
    OwnedPartition(int partition, long token, long epoch) {
        this.partition = partition;
        this.token = token;
        this.epoch = epoch;
    }

    enum State {
        /** Part of the view. */
        ACTIVE,
        /** Gone from the view; it is given to another once it is drained. */
        HANDING_OVER,
        /** Gone from the view, because it is not this client's any more. */
        LOST
    }

    int partition() {
        return partition;
    }

    long token() {
        return token;
    }

    long epoch() {
        return epoch;
    }

    boolean isActive() {
        return state == State.ACTIVE;
    }

    /** May be called without the monitor. */
    boolean isLost() {
        return state == State.LOST;
    }

    boolean isHandingOver() {
        return state == State.HANDING_OVER;
    }

    void handOver() {
        state = State.HANDING_OVER;
        refuseHolds();
    }

    void lose() {
        state = State.LOST;
        refuseHolds();
    }

    /** Allocates nothing: it must succeed without a heap. */
    private void refuseHolds() {
        int count = holds.get();
        while (!holds.compareAndSet(count, count | GONE)) {
            count = holds.get();
        }
    }

    /** It is given up because the client resigns: others come first for a while. */
    void resign() {
        resigned = true;
    }

    boolean isResigned() {
        return resigned;
    }

    /** Counts a hold, unless the partition is gone from the view. May be called without the monitor. */
    boolean tryHold() {
        int count = holds.get();
        while (count >= 0) {
            if (holds.compareAndSet(count, count + 1)) {
                return true;
            }
            count = holds.get();
        }
        return false;
    }

    /** Discounts a hold, and returns whether a hand-over may have waited for it. May be called without the monitor. */
    boolean release() {
        return holds.decrementAndGet() == GONE;
    }

    /** Returns whether it is gone from the view and the listeners don't know it yet. */
    boolean isStopping() {
        return state != State.ACTIVE && !stopAnnounced;
    }

    void stopAnnounced() {
        stopAnnounced = true;
    }

    void listenersDone() {
        listenersDone = true;
    }

    /** Returns whether no listener and no hold is still at work on it. */
    boolean isDrained() {
        return state != State.ACTIVE && listenersDone && holds.get() == GONE;
    }

    /** Returns whether it is drained and nothing has followed from that yet. */
    boolean isDrainToBeHandled() {
        return !drainHandled && isDrained();
    }

    void drainHandled() {
        drainHandled = true;
    }
}
