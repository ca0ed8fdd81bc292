package io.github.dbleases.postgres;

import io.github.dbleases.spi.Neighbor;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Finds the live session with the largest smaller id, wrapping round. */
final class Neighbours {

    /**
     * Its id, when it expires, its ttl and its grace, as PostgreSQL sends them in binary: 8 bytes for the id and the time,
     * 16 for each interval (microseconds, days and months, and the library writes microseconds only). That is the cheapest
     * way to get several values out of one look at the row, and unlike numbers and times as text it does not depend on a
     * setting. Takes the id of the session twice; the second half is evaluated only for the session with the smallest id.
     */
    static final String EXPRESSION = """
            coalesce(
                (SELECT int8send(n.id) || timestamptz_send(n.expires_at) || interval_send(n.ttl) || interval_send(n.grace)
                    FROM {session} n WHERE n.id < ? AND n.state = 'live' ORDER BY n.id DESC LIMIT 1),
                (SELECT int8send(n.id) || timestamptz_send(n.expires_at) || interval_send(n.ttl) || interval_send(n.grace)
                    FROM {session} n WHERE n.id > ? AND n.state = 'live' ORDER BY n.id DESC LIMIT 1))
            """;

    /** From when PostgreSQL counts the microseconds. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private Neighbours() {}

    /**
     * Reads the result of the expression.
     *
     * @param now what the clock of the database showed
     */
    static Optional<Neighbor> read(ResultSet row, int column, Instant now) throws SQLException {
        byte[] bytes = row.getBytes(column);
        if (bytes == null) {
            return Optional.empty();
        }
        ByteBuffer sent = ByteBuffer.wrap(bytes);
        long session = sent.getLong();
        Instant expiry = EPOCH.plus(sent.getLong(), ChronoUnit.MICROS);
        Duration ttl = interval(sent);
        return Optional.of(new Neighbor(session, Duration.between(now, expiry), ttl, interval(sent)));
    }

    private static Duration interval(ByteBuffer sent) {
        Duration time = Duration.of(sent.getLong(), ChronoUnit.MICROS);
        sent.getLong();
        return time;
    }
}
