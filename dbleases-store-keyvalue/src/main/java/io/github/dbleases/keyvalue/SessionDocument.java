package io.github.dbleases.keyvalue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dbleases.spi.NewSession;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The document of a live session. Its client rewrites it with each heartbeat, and a session without a document is dead.
 * The times in it come from the client's wall clock and are never a reason to mark the session dead.
 *
 * @param ttl how long the session lives if its document is not rewritten
 * @param grace how long other clients wait after its expiry before they mark it dead
 * @param renewedAt when the document was written
 */
record SessionDocument(
        String clientId, int weight, Duration ttl, Duration grace, Instant startedAt, Instant renewedAt) {

    private static final String PREFIX = "session/";

    /** Stands in for a damaged document. Has the longest TTL that a session can have. */
    static final SessionDocument UNREADABLE =
            new SessionDocument("", 1, Duration.ofDays(1), Duration.ofHours(2), Instant.EPOCH, Instant.EPOCH);

    static String key(long session) {
        return PREFIX + session;
    }

    /** Returns the session whose document has the given key. Empty if the key belongs to no session. */
    static Optional<Long> session(String key) {
        String id = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : "";
        return id.matches("[1-9][0-9]{0,15}") ? Optional.of(Long.valueOf(id)) : Optional.empty();
    }

    /** Returns the key prefix of all sessions. */
    static String prefix() {
        return PREFIX;
    }

    static SessionDocument of(NewSession opening, Instant now) {
        return new SessionDocument(opening.clientId(), opening.weight(), opening.ttl(), opening.grace(), now, now);
    }

    SessionDocument renewedAt(Instant now) {
        return new SessionDocument(clientId, weight, ttl, grace, startedAt, now);
    }

    String text() {
        return """
                client %s
                weight %s
                ttl %s
                grace %s
                started %s
                renewed %s
                """.formatted(URLEncoder.encode(clientId, UTF_8), weight, ttl, grace, startedAt, renewedAt);
    }

    /** Parses a {@link #text()}. */
    static SessionDocument parse(Lines lines) {
        String clientId = lines.value("client", value -> URLDecoder.decode(value, UTF_8));
        int weight = lines.value("weight", Integer::valueOf);
        Duration ttl = lines.value("ttl", Duration::parse);
        Duration grace = lines.value("grace", Duration::parse);
        Instant startedAt = lines.value("started", Instant::parse);
        return new SessionDocument(clientId, weight, ttl, grace, startedAt, lines.value("renewed", Instant::parse));
    }
}
