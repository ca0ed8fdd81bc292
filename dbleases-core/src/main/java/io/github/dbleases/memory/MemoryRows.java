package io.github.dbleases.memory;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.internal.rows.LeaseRow;
import io.github.dbleases.internal.rows.TransactionRows;
import io.github.dbleases.memory.Content.SessionRow;
import io.github.dbleases.spi.NewEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The rows of a content, with the clock and the incarnation of its store. */
record MemoryRows(MemoryTables tables, Content content) implements TransactionRows {

    @Override
    public void record(long by, Collection<NewEvent> events) {
        events.forEach(event -> tables.history().add(content, by, event));
    }

    @Override
    public Map<String, LeaseRow> leases() {
        return content.leases;
    }

    @Override
    public boolean isLive(long session) {
        return content.isLive(session);
    }

    @Override
    public int weight(long session) {
        return Objects.requireNonNull(content.sessions.get(session)).weight();
    }

    @Override
    public boolean isExpired(long session) {
        SessionRow row = content.sessions.get(session);
        return row == null || row.expiresAt().isBefore(tables.now());
    }

    @Override
    public int leaderships(long session) {
        return content.leases.values().stream()
                .mapToInt(lease -> lease.leaderships(session))
                .sum();
    }

    @Override
    public void setDrained(long session, boolean drained) {
        content.sessions.computeIfPresent(session, (id, row) -> row.live() ? row.withDrained(drained) : row);
    }

    @Override
    public void end(long session) {
        if (isLive(session)) {
            tables.history().addSession(content, HistoryEvent.Type.SESSION_ENDED, session, session);
        }
        content.sessions.computeIfPresent(session, (id, row) -> row.dead());
    }

    void raiseInboxes(Set<Long> sessions) {
        sessions.forEach(session -> content.sessions.computeIfPresent(session, (id, row) -> row.raised()));
    }

    @Override
    public Instant now() {
        return tables.now();
    }

    @Override
    public long tokenFloor() {
        return tables.tokenFloor();
    }
}
