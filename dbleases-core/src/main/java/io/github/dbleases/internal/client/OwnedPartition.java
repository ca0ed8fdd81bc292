package io.github.dbleases.internal.client;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A partition that this client works on, or that has left the view and is being drained. Used under the monitor, except
 * for the holds. The number of holds shares an integer with a bit that is set when the partition leaves the view. So a
 * hold is either counted before that, and the hand-over waits for it, or it is refused.
 *
 * <p>Each step after leaving the view has a flag, which is set when the step is done. So a step that an {@code Error}
 * has interrupted can be found and repeated.
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
    private boolean observed;
    private long phaseSinceNanos;

    /**
     * Creates an active partition.
     *
     * @param epoch the epoch of trust in which it was granted
     */
    OwnedPartition(int partition, long token, long epoch) {
        this.partition = partition;
        this.token = token;
        this.epoch = epoch;
    }

    enum State {
        /** In the view. */
        ACTIVE,
        /** No longer in the view. It is handed over once it is drained. */
        HANDING_OVER,
        /** No longer in the view, because this client no longer owns it. */
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

    /** Begins a phase of the hand-over, and returns how long the previous one took. */
    long beginPhase(long nowNanos) {
        long time = nowNanos - phaseSinceNanos;
        phaseSinceNanos = nowNanos;
        return time;
    }

    /** Allocates nothing: it must succeed without a heap. */
    private void refuseHolds() {
        int count = holds.get();
        while (!holds.compareAndSet(count, count | GONE)) {
            count = holds.get();
        }
    }

    /** Records that an observer is told of the grant, and returns whether it was told before. */
    boolean observe() {
        boolean before = observed;
        observed = true;
        return before;
    }

    /** Marks that the client resigns, so that other candidates come first for a while. */
    void resign() {
        resigned = true;
    }

    boolean isResigned() {
        return resigned;
    }

    /** Adds a hold, unless the partition has left the view. May be called without the monitor. */
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

    /** Removes a hold, and returns whether a hand-over may be waiting for it. May be called without the monitor. */
    boolean release() {
        return holds.decrementAndGet() == GONE;
    }

    /** Returns whether the partition has left the view and the listeners have not been told yet. */
    boolean isStopping() {
        return state != State.ACTIVE && !stopAnnounced;
    }

    void stopAnnounced() {
        stopAnnounced = true;
    }

    void listenersDone() {
        listenersDone = true;
    }

    /** Returns whether the partition has left the view and no listener or hold is still using it. */
    boolean isDrained() {
        return state != State.ACTIVE && listenersDone && holds.get() == GONE;
    }

    /** Returns whether the partition is drained and that has not been handled yet. */
    boolean isDrainToBeHandled() {
        return !drainHandled && isDrained();
    }

    void drainHandled() {
        drainHandled = true;
    }
}
