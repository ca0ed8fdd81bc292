package io.github.dbleases;

/**
 * A request of a runner for tasks.
 *
 * @param session the session that claims
 * @param limit the maximum number of tasks, at least 1
 * @param held the number of tasks that the session already holds
 * @param place the place of the session among those that share the tasks
 * @param shared whether the session must not exceed its fair share of the pending tasks
 *     ({@code ceil((pending + held) / sessions) - held}), because the last claim returned fewer tasks than requested.
 *     Otherwise, a few tasks would all go to the session that claims first
 */
public record TaskClaim(long session, int limit, int held, Place place, boolean shared) {

    public TaskClaim {
        if (limit < 1 || held < 0) {
            throw new IllegalArgumentException("limit is %d (at least 1), held %d (at least 0)".formatted(limit, held));
        }
    }

    /** Returns the number of live sessions that share the tasks, including this one. */
    public int sessions() {
        return place.sessions();
    }

    /** Returns the number of tasks that may be claimed with a given number of pending tasks. */
    public int limitOf(long pending) {
        long share = (pending + held + sessions() - 1) / sessions() - held;
        return shared ? (int) Math.max(0, Math.min(limit, share)) : limit;
    }

    /**
     * The place of a session among those that share tasks. Sessions notice a change at different times, so two of them may have
     * the same place for a while.
     *
     * @param position the number of sessions with a smaller id, from 0 to {@code sessions - 1}
     * @param sessions the number of sessions, at least 1
     */
    public record Place(int position, int sessions) {

        /** The place of a session that does not share the tasks. */
        public static final Place ALONE = new Place(0, 1);

        public Place {
            if (sessions < 1 || position < 0 || position >= sessions) {
                throw new IllegalArgumentException("position is %d, but must be from 0 to below sessions, which is %d"
                        .formatted(position, sessions));
            }
        }
    }
}
