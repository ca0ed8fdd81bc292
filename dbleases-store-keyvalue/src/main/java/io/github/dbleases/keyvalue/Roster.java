package io.github.dbleases.keyvalue;

import io.github.dbleases.keyvalue.Sessions.Seen;
import io.github.dbleases.spi.Neighbor;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The live sessions at one moment.
 *
 * @param live the sessions by id
 * @param nowNanos the moment
 */
record Roster(SortedMap<Long, Seen> live, long nowNanos) {

    /** Returns the live session with the next smaller id, wrapping around. */
    Optional<Neighbor> neighbor(long session) {
        return last(live.headMap(session)).or(() -> last(live.tailMap(session + 1)));
    }

    private Optional<Neighbor> last(SortedMap<Long, Seen> some) {
        return some.values().stream()
                .reduce((one, next) -> next)
                .map(seen -> new Neighbor(
                        seen.id(),
                        seen.expiresIn(nowNanos),
                        seen.document().ttl(),
                        seen.document().grace()));
    }

    /** Returns whether no live session has a smaller id. */
    boolean isSmallest(long session) {
        return live.headMap(session).isEmpty();
    }
}
