package io.github.dbleases.sample.orders;

import io.github.dbleases.sample.orders.Progress.Share;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts the orders in the database. */
@Component
public class ProgressReport {

    /** The time span for the rate: long enough to be steady, short enough to show a take-over. */
    private static final int RATE_SECONDS = 2;

    private static final String BY_INSTANCE = """
            SELECT done_by AS instance, count(*) AS orders,
                   count(*) FILTER (WHERE done_at > clock_timestamp() - make_interval(secs => ?)) AS recent
            FROM desk_order GROUP BY done_by
            """;

    private static final String WAITING =
            "SELECT partition, count(*) AS orders FROM desk_order WHERE done_at IS NULL GROUP BY partition";

    private static final String IMPORTED = "SELECT count(*) > 0 FROM desk_import";

    private final JdbcClient jdbc;

    ProgressReport(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns the progress of the work. */
    public Progress read() {
        Map<String, Share> shares = new HashMap<>();
        long total = 0;
        long done = 0;
        for (Row row :
                jdbc.sql(BY_INSTANCE).param(RATE_SECONDS).query(Row.class).list()) {
            total += row.orders();
            if (row.instance() != null) {
                done += row.orders();
                shares.put(row.instance(), new Share(row.orders(), row.recent() / (double) RATE_SECONDS));
            }
        }
        boolean imported = jdbc.sql(IMPORTED).query(Boolean.class).single();
        return new Progress(imported, total, done, shares, waiting());
    }

    private Map<Integer, Integer> waiting() {
        Map<Integer, Integer> waiting = new HashMap<>();
        List<Waiting> rows = jdbc.sql(WAITING).query(Waiting.class).list();
        rows.forEach(row -> waiting.put(row.partition(), row.orders()));
        return waiting;
    }

    private record Row(@Nullable String instance, long orders, long recent) {}

    private record Waiting(int partition, int orders) {}
}
