package io.github.dbleases.internal;

import io.github.dbleases.InvalidLeaseException;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.TaskRunner;
import java.util.Collection;

/** What task runners and the Spring module need of a client beyond its public methods. */
public interface InternalLeaseClient extends LeaseClient {

    /**
     * Returns a client as task runners see it.
     *
     * @throws IllegalArgumentException if the client was not made by this library
     */
    static InternalLeaseClient of(LeaseClient client) {
        if (client instanceof InternalLeaseClient known) {
            return known;
        }
        throw new IllegalArgumentException(
                "The client is a %s, but a task runner needs one that LeaseClient.builder has built, or the LeaseClient bean of dbleases. Pass that client instead of one that wraps it."
                        .formatted(client.getClass().getName()));
    }

    /**
     * Joins a group of sessions that share tasks and returns the membership. The same name again returns the same
     * {@code TaskSession}. Joining is bounded as that of a lease.
     *
     * @param name that of the {@link TaskRunner}; all kinds of leases share one namespace
     * @throws InvalidLeaseException if the name is outside its limits
     * @throws LeaseConflictException if the name is that of another kind of lease
     * @throws IllegalStateException if this client is closed
     */
    TaskSession taskSession(String name);

    /** Returns the memberships in groups that share tasks, in the order of their names. */
    Collection<TaskSession> taskSessions();

    /**
     * Sets what to run after this client has begun to take part in a lease, an election or a group that shares tasks, and
     * after it has left one.
     */
    void onLeasesChanged(Runnable action);

    /**
     * Takes up no new grants from now on, and asks for none. What is owned stays owned until the client is stopped. Task
     * sessions have no id any more, and their listeners are called. Called when the application begins to shut down.
     */
    void retire();
}
