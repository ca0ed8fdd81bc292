package io.github.dbleases.memory;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.Timing;
import io.github.dbleases.memory.Content.SessionRow;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The heartbeat channel of one client. */
final class MemoryHeartbeatChannel implements HeartbeatChannel {

    private final MemoryTables tables;
    private final Timing timing;
    private volatile boolean closed;

    MemoryHeartbeatChannel(MemoryTables tables, Timing timing) {
        this.tables = tables;
        this.timing = timing;
    }

    @Override
    public Renewal open(NewSession opening) {
        return tables.execute(timing, content -> {
            Instant now = tables.now();
            SessionRow row = new SessionRow(
                    opening.id(),
                    opening.clientId(),
                    true,
                    now.plus(opening.ttl()),
                    0,
                    opening.weight(),
                    opening.ttl(),
                    opening.grace(),
                    now,
                    opening.drained());
            if (content.sessions.putIfAbsent(row.id(), row) != null) {
                throw new IllegalStateException("Session %d already exists.".formatted(row.id()));
            }
            tables.history().addSession(content, HistoryEvent.Type.SESSION_OPENED, row.id(), row.id());
            return renewal(row);
        });
    }

    @Override
    public Optional<Renewal> renew(long session) {
        return tables.execute(timing, content -> {
            SessionRow row = content.sessions.get(session);
            if (row == null || !row.live()) {
                return Optional.empty();
            }
            SessionRow renewed = row.renewedAt(tables.now());
            content.sessions.put(session, renewed);
            return Optional.of(renewal(renewed));
        });
    }

    private Renewal renewal(SessionRow row) {
        return new Renewal(
                row.inbox(),
                tables.neighbor(row.id()),
                tables.isSmallest(row.id()),
                tables.now(),
                tables.incarnation());
    }

    @Override
    public boolean awaitHint(long session, Duration atMost) throws InterruptedException {
        closed = false;
        return tables.awaitHint(session, atMost, () -> closed);
    }

    @Override
    public void close() {
        closed = true;
        tables.wakeAll();
    }
}
