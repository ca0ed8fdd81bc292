package io.github.dbleases;

/**
 * Is told of what matters to a task runner. The calls to one listener come one after the other, never on the heartbeat
 * thread; an exception is logged and changes nothing.
 */
public interface TaskSessionListener {

    /**
     * Something has changed: the session or the trust in it, or how many sessions share the tasks. When one of them has
     * died, its tasks are free.
     */
    void onChanged();

    /** The client is about to close: claim no more, end what is at work, give back the rest, and leave. Called once. */
    void onClosing();
}
