package io.github.dbleases.client;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskSession.Place;
import io.github.dbleases.TaskSessionListener;
import io.github.dbleases.assignment.Snapshot;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * What a client knows of the sharing of tasks in one lease: in which session it takes part, and which sessions do. A lease
 * of another kind is never shared. Used under the monitor, but for {@link #session()} and {@link #place()}.
 */
final class Sharing {

    private final Audience<TaskSessionListener> audience;
    private volatile long session = Snapshot.NOBODY;
    private volatile Place place = Place.ALONE;
    private Set<Long> members = Set.of();
    private boolean atWork;
    private boolean over;
    private boolean closing;

    Sharing(Executor executor) {
        this.audience = new Audience<>(executor);
    }

    /**
     * Returns the session of which this client has read that it takes part, trusted or not, or {@link Snapshot#NOBODY}. May
     * be called without the monitor.
     */
    long session() {
        return session;
    }

    /** Returns the place of the session among those that take part, as read last. May be called without the monitor. */
    Place place() {
        return place;
    }

    /** Returns whether tasks may be held: there has been a session for it, and nobody has said that the work has ended. */
    boolean isAtWork() {
        return atWork;
    }

    /** Takes note of the sessions that take part, of which the own one is one. */
    void joined(long own, Set<Long> sessions) {
        if (!over && (session != own || !members.equals(sessions))) {
            members = sessions;
            place = new Place(
                    (int) sessions.stream().filter(other -> other < own).count(), sessions.size());
            session = own;
            atWork = true;
            changed();
        }
    }

    /** The session is over, or takes part no more. */
    void lose() {
        if (session != Snapshot.NOBODY) {
            session = Snapshot.NOBODY;
            changed();
        }
    }

    /** The trust in the session has lapsed or returned. */
    void trustChanged() {
        if (session != Snapshot.NOBODY) {
            changed();
        }
    }

    /** The client is about to close: there is no session for new work any more, and what is at work has to end. */
    void close() {
        if (!over) {
            over = true;
            closing = true;
            session = Snapshot.NOBODY;
            audience.tell(TaskSessionListener::onClosing);
        }
    }

    /** Nothing is at work any more, and there will be nothing. */
    void leave() {
        over = true;
        atWork = false;
        session = Snapshot.NOBODY;
    }

    Registration addListener(TaskSessionListener listener) {
        return closing ? audience.add(listener, TaskSessionListener::onClosing) : audience.add(listener);
    }

    private void changed() {
        audience.tell(TaskSessionListener::onChanged);
    }
}
