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
public record TaskClaim(long session, int limit, int held, TaskSession.Place place, boolean shared) {

    public TaskClaim {
        if (limit < 1 || held < 0) {
            throw new IllegalArgumentException("limit is %d (at least 1), held %d (at least 0)".formatted(limit, held));
        }
    }

    /** Returns how many live sessions share the tasks, this one included. */
    public int sessions() {
        return place.sessions();
    }

    /** Returns how many tasks may be claimed when so many are pending. */
    public int limitOf(long pending) {
        long share = (pending + held + sessions() - 1) / sessions() - held;
        return shared ? (int) Math.max(0, Math.min(limit, share)) : limit;
    }
}
