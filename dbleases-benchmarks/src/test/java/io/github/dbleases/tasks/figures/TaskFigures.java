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
import java.util.stream.Stream;

/**
 * Measures how fast sessions work through a table of tasks that take no time, in comparison with other libraries.
 * Prints a table and writes it to {@code target/task-figures.md}.
 *
 * <p>Arguments: the minimum number of tasks, followed by words that are part of {@code system/batch;}, such as {@code
 * dbleases/1;}, or by {@code speeds}. Without words, all but a few variants are measured. If there are a million tasks
 * or more and a point takes less than ten seconds, it is measured again with more tasks.
 */
final class TaskFigures {

    private static final PrintStream OUT = System.out;
    private static final Path FILE = Path.of("target", "task-figures.md");

    private static final String SPEEDS = "speeds";
    private static final long FULL_SIZE = 1_000_000;
    private static final long WARM_UP = 200_000;
    private static final double LEAST_SECONDS = 10;

    /** In the order of the table. */
    private static final List<Contender> CONTENDERS = List.of(
            new Runners(1, 1),
            new Runners(100, 1),
            new Runners(100, 100),
            new Runners(1000, 1000),
            new Runners(100, 1).eachOnItsOwn(),
            new Runners(100, 100).eachOnItsOwn(),
            new Runners(1000, 1000).eachOnItsOwn(),
            new DbScheduler(1),
            new DbScheduler(1000),
            new SessionLock(1, true),
            new SessionLock(100, true),
            new SessionLock(1000, true),
            new SessionLock(1000, false));

    /** Measured only on request. */
    private static final List<Contender> OTHERS =
            List.of(new Runners(100, 100).deleting(), new Runners(1000, 1000).deleting(), new SessionLock(100, false));

    private static final List<Integer> SESSIONS = List.of(2, 8);

    private TaskFigures() {}

    public static void main(String[] arguments) throws Exception {
        long tasks = Long.parseLong(arguments[0]);
        List<String> words = List.of(arguments).subList(1, arguments.length);
        List<Point> points = new ArrayList<>();
        for (Contender contender : contenders(words)) {
            SESSIONS.forEach(sessions -> points.add(new Point(points.size(), contender, sessions)));
        }
        // Shuffled, so that variations in the speed of the machine affect all contenders alike.
        Collections.shuffle(points, new Random(1));
        List<Row> rows = new ArrayList<>();
        try (Arena arena = new Arena()) {
            OUT.println(arena.describe());
            OUT.println(TaskRows.describe());
            for (Point point : points) {
                rows.add(new Row(point.place(), measure(arena, point, tasks)));
            }
            rows.sort(Comparator.comparing(Row::place));
            List<String> lines =
                    new ArrayList<>(List.of(arena.describe(), "", TaskRows.describe(), "", Measurement.HEADER));
            rows.forEach(row -> lines.add(row.measurement().row()));
            if (words.isEmpty() || words.contains(SPEEDS)) {
                lines.add("");
                lines.addAll(SpeedFigures.measure(arena, tasks));
            }
            Files.createDirectories(FILE.getParent());
            Files.write(FILE, lines);
            lines.forEach(OUT::println);
        }
    }

    private static List<Contender> contenders(List<String> words) {
        return words.isEmpty()
                ? CONTENDERS
                : Stream.concat(CONTENDERS.stream(), OTHERS.stream())
                        .filter(contender -> words.stream()
                                .anyMatch(("%s/%s;".formatted(contender.name(), contender.batch()))::contains))
                        .toList();
    }

    private static Measurement measure(Arena arena, Point point, long least) throws Exception {
        arena.measure(point.contender(), point.sessions(), WARM_UP, Duration.ofSeconds(3));
        Measurement measurement = arena.measure(point.contender(), point.sessions(), least, point.patience());
        if (least >= FULL_SIZE && measurement.seconds() < LEAST_SECONDS) {
            long more = (long) (measurement.perSecond() * LEAST_SECONDS * 1.2);
            measurement = arena.measure(point.contender(), point.sessions(), more, point.patience());
        }
        OUT.println(measurement.row());
        return measurement;
    }

    private record Row(int place, Measurement measurement) {}

    private record Point(int place, Contender contender, int sessions) {

        /**
         * Counting all tasks in each claim would take hours for a million tasks, and claiming them one by one takes
         * minutes.
         */
        Duration patience() {
            return Duration.ofSeconds(
                    contender instanceof SessionLock ? 11 : contender.batch().equals("1") ? 20 : 150);
        }
    }
}
