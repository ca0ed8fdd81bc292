package io.github.dbleases.keyvalue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dbleases.spi.NewSession;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The document of a live session. Its client rewrites it with each heartbeat, and a session without a document is dead. The
 * times in it are those of the client's wall clock, and no session is marked dead because of them.
 *
 * @param ttl how long the session lives while its document is not written
 * @param grace how long the other clients wait after it has expired before they mark it dead
 * @param renewedAt when it was written
 */
record SessionDocument(
        String clientId, int weight, Duration ttl, Duration grace, Instant startedAt, Instant renewedAt) {

    private static final String PREFIX = "session/";

    /** Replaces a damaged document. No session lives longer without a heartbeat. */
    static final SessionDocument UNREADABLE =
            new SessionDocument("", 1, Duration.ofDays(1), Duration.ofHours(2), Instant.EPOCH, Instant.EPOCH);

    static String key(long session) {
        return PREFIX + session;
    }

    /** Returns the session whose document has a key, empty if it is not a key of a session. */
    static Optional<Long> session(String key) {
        String id = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : "";
        return id.matches("[1-9][0-9]{0,15}") ? Optional.of(Long.valueOf(id)) : Optional.empty();
    }

    /** Returns the prefix of the keys of all sessions. */
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

    /** Reads what {@link #text()} has written. */
    static SessionDocument parse(Lines lines) {
        String clientId = lines.value("client", value -> URLDecoder.decode(value, UTF_8));
        int weight = lines.value("weight", Integer::valueOf);
        Duration ttl = lines.value("ttl", Duration::parse);
        Duration grace = lines.value("grace", Duration::parse);
        Instant startedAt = lines.value("started", Instant::parse);
        return new SessionDocument(clientId, weight, ttl, grace, startedAt, lines.value("renewed", Instant::parse));
    }
}
