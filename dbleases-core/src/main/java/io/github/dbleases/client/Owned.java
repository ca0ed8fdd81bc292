package io.github.dbleases.client;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A partition that this client works on, or has stopped to take up work on and is draining. Used under the monitor, but
 * for the holds: they are counted in one number with a bit that is set when the partition is gone from the view. So a hold
 * is either counted before that, and waited for, or refused.
 */
final class Owned {

    private static final int GONE = Integer.MIN_VALUE;

    private final int partition;
    private final long token;
    private volatile State state = State.HELD;
    private final AtomicInteger holds = new AtomicInteger();
    private boolean listenersDone;
    private boolean drainNoticed;
    private boolean resigned;

    Owned(int partition, long token) {
        this.partition = partition;
        this.token = token;
    }

    enum State {
        /** Part of the view. */
        HELD,
        /** Gone from the view; it is given to another once it is drained. */
        GIVING,
        /** Gone from the view, because it is not this client's any more. */
        LOST
    }

    int partition() {
        return partition;
    }

    long token() {
        return token;
    }

    boolean isHeld() {
        return state == State.HELD;
    }

    /** May be called without the monitor. */
    boolean isLost() {
        return state == State.LOST;
    }

    boolean isGiving() {
        return state == State.GIVING;
    }

    void give() {
        state = State.GIVING;
        refuseHolds();
    }

    void lose() {
        state = State.LOST;
        refuseHolds();
    }

    private void refuseHolds() {
        holds.getAndUpdate(count -> count | GONE);
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

    void listenersDone() {
        listenersDone = true;
    }

    /** Returns whether no listener and no hold is still at work on it. */
    boolean isDrained() {
        return state != State.HELD && listenersDone && holds.get() == GONE;
    }

    /** Returns whether it is drained, once: the last hold and the last listener may both find that it is. */
    boolean noticeDrained() {
        if (drainNoticed || !isDrained()) {
            return false;
        }
        drainNoticed = true;
        return true;
    }
}
