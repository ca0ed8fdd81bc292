package io.github.dbleases.memory;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Party;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.internal.rows.LeaseRow;
import io.github.dbleases.memory.Content.SessionRow;
import io.github.dbleases.spi.NewEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a store, at most 1,000. They are not part of the content, so a failover loses none. Events of a
 * transaction that fails are removed again.
 */
final class MemoryHistory {

    private static final int CAPACITY = 1_000;

    private final Supplier<Instant> clock;
    private final Deque<HistoryEvent> newestFirst = new ArrayDeque<>();
    private long lastId;

    MemoryHistory(Supplier<Instant> clock) {
        this.clock = clock;
    }

    void addIncarnation(long timeline) {
        NewEvent found = new NewEvent(
                HistoryEvent.Type.INCARNATION_FOUND,
                null,
                PartitionSet.empty(),
                Snapshot.NO_SESSION,
                Snapshot.NO_SESSION,
                Snapshot.NO_SESSION,
                null,
                null,
                "timeline " + timeline);
        add(new Content(), Snapshot.NO_SESSION, found);
    }

    void addSession(Content content, HistoryEvent.Type type, long session, long by) {
        add(
                content,
                by,
                new NewEvent(
                        type,
                        null,
                        PartitionSet.empty(),
                        session,
                        Snapshot.NO_SESSION,
                        Snapshot.NO_SESSION,
                        null,
                        null,
                        null));
    }

    void add(Content content, long by, NewEvent event) {
        newestFirst.addFirst(new HistoryEvent(
                ++lastId,
                clock.get(),
                event.type(),
                event.lease(),
                event.partitions(),
                event.type() == HistoryEvent.Type.ELECTED ? token(content, event.lease()) : null,
                party(content, event.session()),
                party(content, event.from()),
                party(content, event.to()),
                party(content, by),
                event.cause(),
                event.principal(),
                event.detail()));
        if (newestFirst.size() > CAPACITY) {
            newestFirst.removeLast();
        }
    }

    private static @Nullable Long token(Content content, @Nullable String election) {
        LeaseRow row = content.leases.get(election);
        return row == null || row.partitions().isEmpty()
                ? null
                : row.partitions().get(0).token();
    }

    private static @Nullable Party party(Content content, long session) {
        if (session == Snapshot.NO_SESSION) {
            return null;
        }
        SessionRow row = content.sessions.get(session);
        return new Party(session, row == null ? null : row.clientId());
    }

    List<HistoryEvent> read(HistoryQuery query) {
        long before = query.before().orElse(Long.MAX_VALUE);
        return newestFirst.stream()
                .filter(event -> event.id() < before)
                .filter(event -> query.lease() == null || query.lease().equals(event.lease()))
                .filter(event -> query.session().isEmpty()
                        || isAbout(event, query.session().getAsLong()))
                .limit(query.limit())
                .toList();
    }

    private static boolean isAbout(HistoryEvent event, long session) {
        return event.session() != null && event.session().id() == session;
    }

    /** Returns a mark to go back to. */
    long mark() {
        return lastId;
    }

    /** Removes the events that were added since a mark. */
    void backTo(long mark) {
        while (!newestFirst.isEmpty() && newestFirst.getFirst().id() > mark) {
            newestFirst.removeFirst();
        }
    }
}
