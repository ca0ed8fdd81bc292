package io.github.dbleases.store.postgres;

import io.github.dbleases.store.Neighbour;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Finds the live session with the largest smaller id, wrapping round. */
final class Neighbours {

    /**
     * Its id, which is below 2^53 and so exact, and when it expires, in seconds since 1970; takes the id of the session
     * twice. A point is the cheapest pair of numbers. The second half is evaluated only for the session with the smallest
     * id.
     */
    static final String EXPRESSION = """
            coalesce(
                (SELECT point(n.id, date_part('epoch', n.expires_at))
                    FROM {session} n WHERE n.id < ? AND n.state = 'live' ORDER BY n.id DESC LIMIT 1),
                (SELECT point(n.id, date_part('epoch', n.expires_at))
                    FROM {session} n WHERE n.id > ? AND n.state = 'live' ORDER BY n.id DESC LIMIT 1))
            """;

    private static final Duration MICROSECOND = Duration.ofNanos(1_000);

    private Neighbours() {}

    /**
     * Reads the result of the expression.
     *
     * @param now what the clock of the database showed
     */
    static Optional<Neighbour> read(ResultSet row, int column, Instant now) throws SQLException {
        String point = row.getString(column);
        if (point == null) {
            return Optional.empty();
        }
        int comma = point.indexOf(',');
        long session = (long) Double.parseDouble(point.substring(1, comma));
        double expiresAt = Double.parseDouble(point.substring(comma + 1, point.length() - 1));
        Instant expiry = Instant.EPOCH.plus(MICROSECOND.multipliedBy(Math.round(expiresAt * 1_000_000)));
        return Optional.of(new Neighbour(session, Duration.between(now, expiry)));
    }
}
