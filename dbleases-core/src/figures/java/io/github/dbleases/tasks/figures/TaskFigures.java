package io.github.dbleases.tasks.figures;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Measures how fast sessions work through a table of tasks that take no time, beside others that do the same, and prints a
 * table, which is also written to {@code target/task-figures.md}.
 *
 * <p>Arguments: how many tasks there are at the least, and words that select points by the name of the system or of the
 * batch (all without any). From a million tasks on, a point that would be over in less than ten seconds gets more of them.
 */
final class TaskFigures {

    private static final PrintStream OUT = System.out;
    private static final Path FILE = Path.of("target", "task-figures.md");

    private static final long FULL_SIZE = 1_000_000;
    private static final long WARM_UP = 20_000;
    private static final double LEAST_SECONDS = 10;

    /** In the order of the table. */
    private static final List<Contender> CONTENDERS = List.of(
            new DbScheduler(1, 1, 0),
            new DbScheduler(4, 100, 50),
            new DbScheduler(4, 1000, 500),
            new SessionLock(1, false),
            new SessionLock(100, false),
            new SessionLock(1000, false),
            new SessionLock(1, true),
            new SessionLock(100, true),
            new SessionLock(1000, true));

    private static final List<Integer> SESSIONS = List.of(2, 8);

    private TaskFigures() {}

    public static void main(String[] arguments) throws Exception {
        long tasks = Long.parseLong(arguments[0]);
        List<String> words = List.of(arguments).subList(1, arguments.length);
        List<Point> points = new ArrayList<>();
        for (Contender contender : CONTENDERS) {
            if (words.isEmpty() || words.stream().anyMatch((contender.name() + ", " + contender.batch())::contains)) {
                SESSIONS.forEach(sessions -> points.add(new Point(points.size(), contender, sessions)));
            }
        }
        // What the machine does over time falls on all alike.
        Collections.shuffle(points, new Random(1));
        List<Row> rows = new ArrayList<>();
        try (Arena arena = new Arena()) {
            OUT.println(arena.describe());
            for (Point point : points) {
                rows.add(new Row(point.place(), measure(arena, point, tasks)));
            }
            rows.sort(Comparator.comparing(Row::place));
            List<String> lines = new ArrayList<>(List.of(arena.describe(), "", Measurement.HEADER));
            rows.forEach(row -> lines.add(row.measurement().row()));
            Files.createDirectories(FILE.getParent());
            Files.write(FILE, lines);
            lines.forEach(OUT::println);
        }
    }

    private static Measurement measure(Arena arena, Point point, long least) throws Exception {
        Measurement trial = arena.measure(point.contender(), point.sessions(), WARM_UP, Duration.ofSeconds(3));
        long tasks = least;
        if (least >= FULL_SIZE) {
            tasks = Math.max(least, (long) (trial.perSecond() * LEAST_SECONDS * 1.3));
        }
        Measurement measurement = arena.measure(point.contender(), point.sessions(), tasks, point.patience());
        OUT.println(measurement.row());
        return measurement;
    }

    private record Row(int place, Measurement measurement) {}

    private record Point(int place, Contender contender, int sessions) {

        /** Who counts all tasks in each claim would take hours for a million. */
        Duration patience() {
            return Duration.ofSeconds(contender instanceof SessionLock ? 11 : 150);
        }
    }
}
