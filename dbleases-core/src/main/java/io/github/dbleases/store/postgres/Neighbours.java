package io.github.dbleases.store.postgres;

import io.github.dbleases.store.Neighbour;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Finds the live session with the largest smaller id, wrapping round. */
final class Neighbours {

    /**
     * Its id, which is below 2^53 and so exact, and the seconds until it expires; takes the id of the session twice.
     * The second half is evaluated only for the session with the smallest id.
     */
    static final String EXPRESSION = """
            coalesce(
                (SELECT ARRAY[n.id, date_part('epoch', n.expires_at - clock_timestamp())]
                    FROM {session} n WHERE n.id < ? AND n.state = 'live' ORDER BY n.id DESC LIMIT 1),
                (SELECT ARRAY[n.id, date_part('epoch', n.expires_at - clock_timestamp())]
                    FROM {session} n WHERE n.id > ? AND n.state = 'live' ORDER BY n.id DESC LIMIT 1))
            """;

    private Neighbours() {}

    static Optional<Neighbour> read(ResultSet row, int column) throws SQLException {
        Array found = row.getArray(column);
        if (found == null) {
            return Optional.empty();
        }
        Double[] numbers = (Double[]) found.getArray();
        return Optional.of(new Neighbour(numbers[0].longValue(), Jdbc.seconds(numbers[1])));
    }
}
