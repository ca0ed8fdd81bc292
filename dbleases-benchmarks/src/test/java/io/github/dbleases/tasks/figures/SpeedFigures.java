package io.github.dbleases.tasks.figures;

import io.github.dbleases.Tasker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Measures whether a slow session holds up faster ones that share its table. */
final class SpeedFigures {

    /** How long each session takes for a task, in microseconds. */
    private static final List<Integer> MICROS = List.of(0, 5, 50, 500);

    private static final Runners RUNNERS = new Runners(100, 100);

    private SpeedFigures() {}

    /** Returns the lines of the report. */
    static List<String> measure(Arena arena, long tasks) throws Exception {
        List<Pace> paces = new ArrayList<>();
        Contender contender = new Paced(paces);
        Measurement measurement = arena.measure(contender, MICROS.size(), tasks, Duration.ofMinutes(3));
        List<String> lines = new ArrayList<>(List.of(
                String.format(
                        Locale.ROOT,
                        "%,d tasks in %d sessions of different speed, batches of 100: %.1f s",
                        measurement.tasks(),
                        MICROS.size(),
                        measurement.seconds()),
                "",
                "| µs/task | tasks | share | busy s | between batches s | longest gap between batches ms | idle at the end ms |",
                "|---|---|---|---|---|---|---|"));
        long end = paces.stream().mapToLong(Pace::end).max().orElseThrow();
        paces.forEach(pace -> lines.add(pace.row(measurement.tasks(), end)));
        return lines;
    }

    /** Like {@link #RUNNERS}, but with work that takes time. */
    private record Paced(List<Pace> paces) implements Contender {

        @Override
        public String name() {
            return RUNNERS.name();
        }

        @Override
        public String batch() {
            return RUNNERS.batch();
        }

        @Override
        public void fill(Connection connection, long tasks, int sessions) throws SQLException {
            RUNNERS.fill(connection, tasks, sessions);
        }

        @Override
        public long pending(Connection connection, int sessions) throws SQLException {
            return RUNNERS.pending(connection, sessions);
        }

        @Override
        public Crew assemble(DataSource database, int sessions) throws Exception {
            MICROS.forEach(micros -> paces.add(new Pace(micros)));
            return RunnerCrew.assemble(RUNNERS, database, Collections.unmodifiableList(paces));
        }
    }

    /** A tasker that takes a while for each task, and measures how long it waits for more. Used by one thread. */
    private static final class Pace implements Tasker<String> {

        private final int micros;
        private long tasks;
        private long busyNanos;
        private long betweenNanos;
        private long longestNanos;
        private volatile long end;

        Pace(int micros) {
            this.micros = micros;
        }

        @Override
        public List<String> perform(List<String> batch) {
            long begin = System.nanoTime();
            if (tasks > 0) {
                betweenNanos += begin - end;
                longestNanos = Math.max(longestNanos, begin - end);
            }
            long until = begin + 1_000L * micros * batch.size();
            for (long left = until - begin; left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            tasks += batch.size();
            long now = System.nanoTime();
            busyNanos += now - begin;
            end = now;
            return batch;
        }

        /** When the last batch was done. */
        long end() {
            return end;
        }

        String row(long all, long lastEnd) {
            return String.format(
                    Locale.ROOT,
                    "| %d | %,d | %.1f %% | %.2f | %.2f | %.0f | %.0f |",
                    micros,
                    tasks,
                    100.0 * tasks / all,
                    busyNanos / 1e9,
                    betweenNanos / 1e9,
                    longestNanos / 1e6,
                    (lastEnd - end) / 1e6);
        }
    }
}
