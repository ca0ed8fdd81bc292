package io.github.dbleases.sample.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.sample.DeskDatabase;
import io.github.dbleases.sample.SampleProperties;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class ReportBookTests {

    private static final int WRITERS = 4;

    @AutoClose
    private final DeskDatabase database = new DeskDatabase();

    @AutoClose("shutdownNow")
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);

    private final JdbcClient jdbc = database.jdbc();
    private final ReportBook book =
            new ReportBook(jdbc, new SampleProperties("instance-1", 0, Duration.ZERO, 10, Duration.ZERO, null));

    @Test
    void aReportHasTheOrdersAndItsWriter() {
        jdbc.sql("INSERT INTO desk_customer (id, name) VALUES ('C-1', 'One')").update();
        jdbc.sql("""
                INSERT INTO desk_order (customer, partition, cents, done_at)
                VALUES ('C-1', 1, 1000, now()), ('C-1', 1, 500, now()), ('C-1', 1, -200, now()), ('C-1', 1, 7, NULL)
                """).update();

        assertThat(book.write(5)).isTrue();

        assertThat(book.latest(10)).singleElement().satisfies(report -> {
            assertThat(report.token()).isEqualTo(5);
            assertThat(report.writtenBy()).isEqualTo("instance-1");
            assertThat(report.done()).isEqualTo(3);
            assertThat(report.waiting()).isEqualTo(1);
            assertThat(report.sales()).isEqualTo(1500);
            assertThat(report.refunds()).isEqualTo(-200);
        });
    }

    @Test
    void aLowerTokenThanTheLastOneIsRefused() {
        assertThat(book.write(5)).isTrue();
        assertThat(book.write(5)).isTrue();
        assertThat(book.write(7)).isTrue();

        assertThat(book.write(6)).isFalse();

        assertThat(book.latest(10)).extracting(Report::token).containsExactly(7L, 5L, 5L);
    }

    @Test
    void aWriterThatWaitedForAWriterWithAHigherTokenIsRefused() throws Exception {
        Future<Boolean> former;
        try (Connection later = database.dataSource().getConnection();
                Statement statement = later.createStatement()) {
            later.setAutoCommit(false);
            statement.executeUpdate("UPDATE desk_report_fence SET token = 9");
            former = threads.submit(() -> book.write(8));
            Awaitility.await().until(this::somebodyWaitsForALock);
            later.commit();
        }

        assertThat(former.get()).isFalse();
        assertThat(book.latest(10)).isEmpty();
    }

    @Test
    void concurrentWritersNeverWriteAfterAHigherToken() throws Exception {
        List<Callable<Long>> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            int first = writer;
            writers.add(() -> LongStream.range(0, 100)
                    .filter(round -> book.write(round * WRITERS + (first * 7 + round * 3) % WRITERS))
                    .count());
        }

        long written = 0;
        for (Future<Long> writer : threads.invokeAll(writers)) {
            written += writer.get();
        }

        List<Long> tokens = jdbc.sql("SELECT token FROM desk_report ORDER BY id")
                .query(Long.class)
                .list();
        assertThat(tokens).hasSize((int) written).isSorted();
    }

    private boolean somebodyWaitsForALock() {
        return jdbc.sql(
                        "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                .query(Boolean.class)
                .single();
    }
}
