package io.github.dbleases;

import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Selects events of the history, newest first.
 *
 * <pre>{@code
 * List<HistoryEvent> page = client.history(HistoryQuery.ofLease("orders").limit(50));
 * List<HistoryEvent> next = client.history(HistoryQuery.ofLease("orders").limit(50).before(page.get(49).id()));
 * }</pre>
 *
 * @param lease only events of this lease or election, or null
 * @param session only events that are about this session; empty for all
 * @param before only events whose id is smaller; empty to begin with the newest
 * @param limit how many events to return at most, 1 to 1,000
 */
public record HistoryQuery(@Nullable String lease, OptionalLong session, OptionalLong before, int limit) {

    /** The largest limit. */
    public static final int MAX_LIMIT = 1_000;

    private static final int DEFAULT_LIMIT = 100;

    public HistoryQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "The limit is %d, but must be 1 to %,d. Read more events with a further query, before the last id.",
                    limit,
                    MAX_LIMIT));
        }
    }

    /** Selects the newest 100 events. */
    public static HistoryQuery all() {
        return new HistoryQuery(null, OptionalLong.empty(), OptionalLong.empty(), DEFAULT_LIMIT);
    }

    /** Selects the newest 100 events of a lease or an election. */
    public static HistoryQuery ofLease(String lease) {
        return new HistoryQuery(lease, OptionalLong.empty(), OptionalLong.empty(), DEFAULT_LIMIT);
    }

    /** Selects the newest 100 events that are about a session. */
    public static HistoryQuery ofSession(long session) {
        return new HistoryQuery(null, OptionalLong.of(session), OptionalLong.empty(), DEFAULT_LIMIT);
    }

    /** Returns this query, limited to events with a smaller id. */
    public HistoryQuery before(long id) {
        return new HistoryQuery(lease, session, OptionalLong.of(id), limit);
    }

    /**
     * Returns this query with another limit.
     *
     * @throws IllegalArgumentException unless it is 1 to 1,000
     */
    public HistoryQuery limit(int limit) {
        return new HistoryQuery(lease, session, before, limit);
    }
}
