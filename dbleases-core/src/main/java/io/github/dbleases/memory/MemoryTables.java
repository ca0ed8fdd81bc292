package io.github.dbleases.memory;

import io.github.dbleases.Timing;
import io.github.dbleases.memory.Content.Life;
import io.github.dbleases.memory.Content.SessionRow;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.Neighbor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The content of a store, its clock and its incarnation. Every access is exclusive. */
final class MemoryTables {

    private static final String SYSTEM = "memory";

    private final Clock clock;
    private final Set<Long> hinted = new HashSet<>();
    private final MemoryHistory history = new MemoryHistory(this::now);
    private Content content = new Content();
    private long highestTimeline = content.timeline;
    private long lives = 1;

    MemoryTables(Clock clock) {
        this.clock = clock;
        content.lives.put(content.timeline, new Life(lives, Instant.EPOCH));
    }

    synchronized <T> T exclusively(Supplier<T> access) {
        return access.get();
    }

    /** Runs a statement of a client, and records the current incarnation before that. */
    synchronized <T> T execute(Timing timing, Function<Content, T> statement) {
        if (timing.ttl().compareTo(content.largestTtl) > 0) {
            content.largestTtl = timing.ttl();
        }
        if (timing.grace().compareTo(content.largestGrace) > 0) {
            content.largestGrace = timing.grace();
        }
        content.lives.computeIfAbsent(content.timeline, unseen -> {
            history.addIncarnation(content.timeline);
            return new Life(++lives, now().plus(content.largestTtl).plus(content.largestGrace));
        });
        return statement.apply(content);
    }

    /** Runs statements that take effect together, or not at all if one of them throws. */
    synchronized <T> T transact(Timing timing, Function<Content, T> statements) {
        return execute(timing, current -> {
            Content next = current.copy();
            long mark = history.mark();
            boolean committed = false;
            try {
                T result = statements.apply(next);
                content = next;
                committed = true;
                return result;
            } finally {
                if (!committed) {
                    history.backTo(mark);
                }
            }
        });
    }

    Content content() {
        return content.copy();
    }

    MemoryHistory history() {
        return history;
    }

    void failOver(Content standby, boolean repeatsTimeline) {
        content = standby.copy();
        content.timeline = 1 + (repeatsTimeline ? standby.timeline : highestTimeline);
        highestTimeline = Math.max(highestTimeline, content.timeline);
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    Incarnation incarnation() {
        return new Incarnation(SYSTEM, content.timeline, String.valueOf(life().nonce()));
    }

    Duration quietFor() {
        return now().isBefore(quietUntil()) ? Duration.between(now(), quietUntil()) : Duration.ZERO;
    }

    long tokenFloor() {
        return micros(quietUntil());
    }

    private Instant quietUntil() {
        return life().quietUntil();
    }

    /** Called only within statements, which have recorded it. */
    private Life life() {
        return Objects.requireNonNull(content.lives.get(content.timeline));
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    Optional<Neighbor> neighbor(long session) {
        return lastLive(content.sessions.headMap(session))
                .or(() -> lastLive(content.sessions.tailMap(session + 1)))
                .map(row -> new Neighbor(row.id(), Duration.between(now(), row.expiresAt()), row.ttl(), row.grace()));
    }

    private static Optional<SessionRow> lastLive(SortedMap<Long, SessionRow> rows) {
        return rows.values().stream().filter(SessionRow::live).reduce((one, next) -> next);
    }

    boolean isSmallest(long session) {
        return lastLive(content.sessions.headMap(session)).isEmpty();
    }

    synchronized void hint(Collection<Long> sessions) {
        hinted.addAll(sessions);
        notifyAll();
    }

    /** Waits for a hint, until the time has passed or the wait is given up. */
    synchronized boolean awaitHint(long session, Duration atMost, Supplier<Boolean> givenUp)
            throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!hinted.contains(session) && !givenUp.get()) {
            long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (millis <= 0) {
                break;
            }
            wait(millis);
        }
        return hinted.remove(session);
    }

    synchronized void wakeAll() {
        notifyAll();
    }
}
