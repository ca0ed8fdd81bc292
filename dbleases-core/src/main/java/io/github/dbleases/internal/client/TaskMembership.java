package io.github.dbleases.internal.client;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The membership of a client in one tasks lease: the session with which it takes part, and the sessions of all members.
 * Always empty for a lease of another kind. Used under the monitor, except for {@link #current()}.
 */
final class TaskMembership {

    private final ListenerQueues<Subscriber> listeners;
    private final LongSupplier epoch;
    private volatile Current current = Current.NONE;
    private Set<Long> members = Set.of();
    private boolean atWork;
    private boolean over;
    private boolean closing;
    private volatile Object run = new Object();
    private volatile boolean drained;
    private boolean changeToTell;

    TaskMembership(Executor executor, LongSupplier epoch) {
        this.listeners = new ListenerQueues<>(executor);
        this.epoch = epoch;
    }

    /**
     * The current membership.
     *
     * @param session the session that is a member, trusted or not, or {@link Snapshot#NO_SESSION}
     * @param epoch the epoch of trust in which that was read
     * @param place the place of the session among the members, as it was last read
     */
    record Current(long session, long epoch, Place place) {

        static final Current NONE = new Current(Snapshot.NO_SESSION, TrustDeadline.NO_EPOCH, Place.ALONE);
    }

    /** Returns the current membership. May be called without the monitor. */
    Current current() {
        return current;
    }

    /**
     * Returns whether tasks may still be running: there has been a session for them, and nothing has called {@link
     * #leave}.
     */
    boolean isAtWork() {
        return atWork;
    }

    /** Records the member sessions, which include the client's own one. */
    void joined(long own, Set<Long> sessions) {
        if (!over && (current.session != own || current.epoch != epoch.getAsLong() || !members.equals(sessions))) {
            Place place = new Place(
                    (int) sessions.stream().filter(other -> other < own).count(), sessions.size());
            atWork = true;
            current = new Current(own, epoch.getAsLong(), place);
            members = sessions;
            changeToTell = true;
            tellChange();
        }
    }

    /** Called when the client begins to stand by, or takes part again. No new tasks may begin while it stands by. */
    void drain(boolean standBy) {
        if (drained != standBy) {
            drained = standBy;
            changeToTell = true;
            tellChange();
        }
    }

    /** Returns whether the client stands by. May be called without the monitor. */
    boolean isDrained() {
        return drained;
    }

    /**
     * Returns whether the client stands by and has tasks of a session, which it finishes although the session is no longer a
     * member.
     */
    boolean isDrainedIn(long session) {
        return drained && current.session == session;
    }

    /** Called when the session is over or no longer a member. */
    void lose() {
        if (current.session != Snapshot.NO_SESSION) {
            current = Current.NONE;
            changeToTell = true;
            tellChange();
        }
    }

    /** Called when the trust in the session has lapsed or returned. */
    void trustChanged() {
        if (current.session != Snapshot.NO_SESSION) {
            changeToTell = true;
            tellChange();
        }
    }

    /** Called when the client is about to stop. There is no session for new tasks, and running ones have to end. */
    void close() {
        if (!over) {
            over = true;
            closing = true;
            current = Current.NONE;
        }
        tellClosing();
    }

    /**
     * Tells the listeners that were not told yet. Skipped once the client has stopped, so that it cannot end work that began
     * after the next start.
     */
    private void tellClosing() {
        if (!closing) {
            return;
        }
        Object closed = run;
        for (ListenerQueue<Subscriber> queue : listeners.all()) {
            Subscriber subscriber = queue.listener();
            if (subscriber.toldToClose != closed) {
                queue.tell(to -> {
                    if (closed == run) {
                        to.listener.onClosing();
                    }
                });
                subscriber.toldToClose = closed;
            }
        }
    }

    /** Called when the client has stopped. After its next start there is a session for new tasks again. */
    void reopen() {
        run = new Object();
        closing = false;
        over = false;
    }

    /** Called when no task is running and none will be started. */
    void leave() {
        over = true;
        atWork = false;
        current = Current.NONE;
    }

    /** Adds a listener. If this throws, it was neither added nor told anything. */
    Registration addListener(TaskSessionListener listener) {
        Registration added = listeners.add(listeners.queue(new Subscriber(listener)));
        try {
            tellClosing();
        } catch (Throwable failure) {
            // The next heartbeat tells it.
        }
        return added;
    }

    /** Retries notifications that failed. */
    void nudge() {
        if (changeToTell) {
            tellChange();
        }
        tellClosing();
        listeners.nudge();
    }

    private void tellChange() {
        listeners.tell(to -> to.listener.onChanged());
        changeToTell = false;
    }

    /** A listener, and the run of the client in which it was told last that the client is about to stop. */
    private static final class Subscriber {

        private final TaskSessionListener listener;
        private @Nullable Object toldToClose;

        private Subscriber(TaskSessionListener listener) {
            this.listener = listener;
        }

        @Override
        public String toString() {
            return listener.toString();
        }
    }
}
