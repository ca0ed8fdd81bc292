package io.github.dbleases;

import java.util.OptionalLong;

/**
 * The part of a client in the sharing of tasks: under which session it may hold tasks at this moment, and how many
 * sessions share them. It is what a {@link TaskRunner} stands on; who uses a runner needs it not.
 *
 * <p>A session that dies frees the tasks that it held. All methods may be called from any thread.
 */
public interface TaskSession {

    /** Returns the name under which the sessions share tasks: that of the runner. */
    String name();

    /**
     * Returns the session under which tasks may be claimed and work on them begun at this moment: empty while the client
     * has none, does not trust it, has not joined yet, or is about to close. A local check on the client's clocks.
     *
     * <p>Another id than before means that the former session is over, and that others may have taken what it held.
     */
    OptionalLong id();

    /** Returns the place of this session among the live ones that share the tasks, as far as this client has been told. */
    Place place();

    /** Returns how many live sessions share the tasks, this one included. */
    default int sessions() {
        return place().sessions();
    }

    /** Adds a listener. */
    Registration addListener(TaskSessionListener listener);

    /**
     * Stops taking part. To be called when nothing is being worked on any more: until then {@link LeaseClient#close()}
     * waits, up to its drain timeout, and past that leaves the session to expire instead of ending it.
     */
    void leave();

    /**
     * The place of a session among those that share tasks. The sessions do not learn of a change at the same moment: for a
     * while, two may have the same place.
     *
     * @param position how many of them have a smaller id: from 0 to below {@code sessions}
     * @param sessions how many there are, at least 1
     */
    record Place(int position, int sessions) {

        /** That of a session that shares with nobody. */
        public static final Place ALONE = new Place(0, 1);

        public Place {
            if (sessions < 1 || position < 0 || position >= sessions) {
                throw new IllegalArgumentException("position is %d, but must be from 0 to below sessions, which is %d"
                        .formatted(position, sessions));
            }
        }
    }
}
