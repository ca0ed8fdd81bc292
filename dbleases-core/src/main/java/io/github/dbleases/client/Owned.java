package io.github.dbleases.client;

/** A partition that this client works on, or has stopped to take up work on and is draining. Used under the monitor. */
final class Owned {

    private final int partition;
    private final long token;
    private volatile State state = State.HELD;
    private int holds;
    private boolean listenersDone;
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
    }

    void lose() {
        state = State.LOST;
    }

    /** It is given up because the client resigns: others come first for a while. */
    void resign() {
        resigned = true;
    }

    boolean isResigned() {
        return resigned;
    }

    void hold() {
        holds++;
    }

    void release() {
        holds--;
    }

    void listenersDone() {
        listenersDone = true;
    }

    /** Returns whether no listener and no hold is still at work on it. */
    boolean isDrained() {
        return state != State.HELD && listenersDone && holds == 0;
    }
}
