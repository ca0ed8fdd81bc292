package io.github.dbleases.internal;

/**
 * Learns what matters to a task runner. The calls to one listener come one after the other, never on the heartbeat thread;
 * an exception is logged and changes nothing.
 */
public interface TaskSessionListener {

    /**
     * Called when the session, the trust in it, or the number of sessions that share the tasks has changed. When a session
     * has died, its tasks are free.
     */
    void onChanged();

    /**
     * Called when the client is about to stop or close, at most once between two starts: claim no more, end what is at work,
     * give back the rest, and leave.
     */
    void onClosing();
}
