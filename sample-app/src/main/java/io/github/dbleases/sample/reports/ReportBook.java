package io.github.dbleases.sample.reports;

import io.github.dbleases.sample.SampleProperties;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The reports in the database. */
@Component
public class ReportBook {

    /**
     * Compares the token and writes, in one statement. The update locks the only row of the fence until the report is
     * committed, so if two instances write at the same time, the second one compares its token with that of the first.
     * Because it is one statement, a writer that is paused holds no lock in the meantime.
     */
    private static final String WRITE = """
            WITH fence AS (
                UPDATE desk_report_fence SET token = :token WHERE token <= :token RETURNING token
            )
            INSERT INTO desk_report (token, written_by, done, waiting, sales, refunds)
            SELECT fence.token, :writer, orders.done, orders.waiting, orders.sales, orders.refunds
            FROM fence, (
                SELECT count(done_at) AS done,
                       count(*) FILTER (WHERE done_at IS NULL) AS waiting,
                       coalesce(sum(cents) FILTER (WHERE done_at IS NOT NULL AND cents > 0), 0) AS sales,
                       coalesce(sum(cents) FILTER (WHERE done_at IS NOT NULL AND cents < 0), 0) AS refunds
                FROM desk_order
            ) orders
            """;

    private static final String LATEST = """
            SELECT id, token, written_by, written_at, done, waiting, sales, refunds
            FROM desk_report ORDER BY id DESC LIMIT ?
            """;

    private final JdbcClient jdbc;
    private final String writer;

    ReportBook(JdbcClient jdbc, SampleProperties properties) {
        this.jdbc = jdbc;
        this.writer = properties.name();
    }

    /**
     * Writes a report about the current orders.
     *
     * @param token the token of the leadership under which it is written
     * @return false if nothing was written, because a report with a higher token had been written before
     */
    boolean write(long token) {
        return jdbc.sql(WRITE).param("token", token).param("writer", writer).update() == 1;
    }

    /** Returns the latest reports, the last one first. */
    public List<Report> latest(int limit) {
        return jdbc.sql(LATEST).param(limit).query(Report.class).list();
    }
}
