package io.github.dbleases.internal;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskRunner;
import java.util.OptionalLong;

/**
 * The membership of a client in a group of sessions that share tasks: under which session the client may hold tasks at this
 * moment, and how many sessions share them. A {@link TaskRunner} works under it.
 *
 * <p>A session that dies frees the tasks that it held. All methods may be called from any thread.
 */
public interface TaskSession {

    /** Returns the name under which the sessions share tasks: that of the runner. */
    String name();

    /**
     * Returns the session under which tasks may be claimed and work on them begun at this moment. Empty while the client has
     * no session, does not trust it, has not joined yet, or is about to stop. A local check on the client's clocks.
     *
     * <p>Another id than before means that the former session is over, and that other sessions may have taken what it held.
     */
    OptionalLong id();

    /**
     * Returns whether the client stands by: no task may be claimed or begun, those that are held but not begun must be
     * released, and those in progress may be finished.
     */
    default boolean isDrained() {
        return false;
    }

    /** Returns the place of this session among the live ones that share the tasks, as far as this client knows. */
    TaskClaim.Place place();

    /** Returns how many live sessions share the tasks, including this one. */
    default int sessions() {
        return place().sessions();
    }

    /** Adds a listener. */
    Registration addListener(TaskSessionListener listener);

    /**
     * Ends the membership. Must be called when nothing is being worked on any more: until then, closing the client waits, up
     * to the drain timeout, and past that leaves the session to expire instead of ending it.
     */
    void leave();
}
