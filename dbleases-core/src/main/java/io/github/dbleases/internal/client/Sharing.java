package io.github.dbleases.internal.client;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What a client knows of the sharing of tasks in one lease: in which session it takes part, and which sessions do. A lease
 * of another kind is never shared. Used under the monitor, but for {@link #part()}.
 */
final class Sharing {

    private final ListenerQueues<TaskSessionListener> listeners;
    private final LongSupplier epoch;
    private volatile Part part = Part.NONE;
    private Set<Long> members = Set.of();
    private boolean atWork;
    private boolean over;
    private boolean closing;
    private boolean changeToTell;

    Sharing(Executor executor, LongSupplier epoch) {
        this.listeners = new ListenerQueues<>(executor);
        this.epoch = epoch;
    }

    /**
     * The part that this client has in the sharing.
     *
     * @param session the session of which it has read that it takes part, trusted or not, or {@link Snapshot#NOBODY}
     * @param epoch the epoch of trust in which it has read that
     * @param place the place of the session among those that take part, as read last
     */
    record Part(long session, long epoch, Place place) {

        static final Part NONE = new Part(Snapshot.NOBODY, TrustDeadline.NO_EPOCH, Place.ALONE);
    }

    /** Returns the part of this client. May be called without the monitor. */
    Part part() {
        return part;
    }

    /** Returns whether tasks may be held: there has been a session for it, and nobody has said that the work has ended. */
    boolean isAtWork() {
        return atWork;
    }

    /** Records the sessions that take part, of which the own one is one. */
    void joined(long own, Set<Long> sessions) {
        if (!over && (part.session != own || part.epoch != epoch.getAsLong() || !members.equals(sessions))) {
            Place place = new Place(
                    (int) sessions.stream().filter(other -> other < own).count(), sessions.size());
            atWork = true;
            part = new Part(own, epoch.getAsLong(), place);
            members = sessions;
            changeToTell = true;
            tellChange();
        }
    }

    /** The session is over, or takes part no more. */
    void lose() {
        if (part.session != Snapshot.NOBODY) {
            part = Part.NONE;
            changeToTell = true;
            tellChange();
        }
    }

    /** The trust in the session has lapsed or returned. */
    void trustChanged() {
        if (part.session != Snapshot.NOBODY) {
            changeToTell = true;
            tellChange();
        }
    }

    /** The client is about to close: there is no session for new work any more, and what is at work has to end. */
    void close() {
        if (!over) {
            over = true;
            closing = true;
            part = Part.NONE;
            listeners.tell(TaskSessionListener::onClosing);
        }
    }

    /** Nothing is at work any more, and there will be nothing. */
    void leave() {
        over = true;
        atWork = false;
        part = Part.NONE;
    }

    Registration addListener(TaskSessionListener listener) {
        ListenerQueue<TaskSessionListener> added = listeners.queue(listener);
        if (closing) {
            added.tell(TaskSessionListener::onClosing);
        }
        return listeners.add(added);
    }

    /** Goes on with what could not be told. */
    void nudge() {
        if (changeToTell) {
            tellChange();
        }
        listeners.nudge();
    }

    private void tellChange() {
        listeners.tell(TaskSessionListener::onChanged);
        changeToTell = false;
    }
}
