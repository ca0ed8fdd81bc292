package io.github.dbleases;

/**
 * What a runner asks of its queue.
 *
 * @param session the session that claims
 * @param limit how many tasks at most, at least 1
 * @param held how many tasks the session holds already
 * @param place the place of the session among those that share the tasks
 * @param shared whether the last claim came back short: then the fair share of what is pending must not be exceeded
 *     ({@code ceil((pending + held) / sessions) - held}), so that a few tasks don't all go to whoever comes first
 */
public record TaskClaim(long session, int limit, int held, Place place, boolean shared) {

    public TaskClaim {
        if (limit < 1 || held < 0) {
            throw new IllegalArgumentException("limit is %d (at least 1), held %d (at least 0)".formatted(limit, held));
        }
    }

    /** Returns how many live sessions share the tasks, this one included. */
    public int sessions() {
        return place.sessions();
    }

    /** Returns how many tasks may be claimed if so many are pending. */
    public int limitOf(long pending) {
        long share = (pending + held + sessions() - 1) / sessions() - held;
        return shared ? (int) Math.max(0, Math.min(limit, share)) : limit;
    }

    /**
     * The place of a session among those that share tasks. The sessions do not learn of a change at the same moment: for a
     * while, two may have the same place.
     *
     * @param position how many of the sessions have a smaller id: from 0 to below {@code sessions}
     * @param sessions how many sessions there are, at least 1
     */
    public record Place(int position, int sessions) {

        /** The place of a session that shares with no other. */
        public static final Place ALONE = new Place(0, 1);

        public Place {
            if (sessions < 1 || position < 0 || position >= sessions) {
                throw new IllegalArgumentException("position is %d, but must be from 0 to below sessions, which is %d"
                        .formatted(position, sessions));
            }
        }
    }
}
