package io.github.dbleases.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Evaluates the alert rules with {@code promtool test rules}, on samples of real scrapes.
 *
 * <p>A test records phases. Each has two real scrapes of every instance, and lasts for some minutes of Prometheus' time: gauges
 * stay as in the second scrape, and counters continue to grow as they did between the two.
 */
final class Promtool {

    static final Path RULES = Path.of("..", "docs", "monitoring", "alerts.yml").toAbsolutePath();

    private static final int STEP_SECONDS = 15;

    private final Map<String, StringBuilder> series = new TreeMap<>();
    private final Map<String, Double> lastReal = new TreeMap<>();
    private final Map<String, Double> lastWritten = new TreeMap<>();
    private final Set<String> stale = new TreeSet<>();
    private final List<String> expectations = new ArrayList<>();
    private int steps;

    /** Returns whether the program is on the path. */
    static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
    }

    /** Adds a phase. An instance that has no scrape has ended. */
    Promtool phase(Duration time, Map<String, Scrape> first, Map<String, Scrape> second) {
        int added = (int) (time.toSeconds() / STEP_SECONDS);
        Set<String> present = new TreeSet<>();
        second.forEach((instance, scrape) -> scrape.samples().forEach((name, end) -> {
            String full = name.replaceFirst("\\{", "{instance=\"" + instance + "\",");
            double begin = first.get(instance).samples().getOrDefault(name, end);
            if (!Double.isNaN(end) && !Double.isNaN(begin)) {
                present.add(full);
                write(full, scrape.isCounter(name), begin, end, added);
            }
        }));
        series.forEach((full, values) -> {
            if (!present.contains(full)) {
                values.append(stale.add(full) ? " stale _x" + (added - 1) : " _x" + added);
            }
        });
        steps += added;
        return this;
    }

    private void write(String full, boolean counter, double begin, double end, int added) {
        StringBuilder values =
                series.computeIfAbsent(full, absent -> new StringBuilder(steps == 0 ? "" : "_x" + steps));
        double from = end;
        double slope = 0;
        if (counter) {
            double grownBefore = begin - lastReal.getOrDefault(full, begin);
            from = lastWritten.getOrDefault(full, begin) + grownBefore;
            slope = end - begin;
        }
        values.append(" %s+%sx%d".formatted(plain(from), plain(slope), added - 1));
        lastReal.put(full, end);
        lastWritten.put(full, from + slope * (added - 1));
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).toPlainString();
    }

    /** Expects that exactly these alerts fire at the end of the last phase, such as {@code DbLeasesHoldHangs{instance="a"}}. */
    Promtool firing(String... alerts) {
        StringBuilder expectation = new StringBuilder("""
                      - expr: count by (alertname, instance, lease, runner) (ALERTS{alertstate="firing"})
                        eval_time: %ds
                        exp_samples:
                """.formatted((steps - 1) * STEP_SECONDS));
        for (String alert : alerts) {
            String name = alert.replaceFirst("\\{.*", "");
            String labels = alert.contains("{") ? "," + alert.replaceFirst(".*\\{", "") : "}";
            expectation.append(
                    "          - labels: '{alertname=\"%s\"%s'%n            value: 1%n".formatted(name, labels));
        }
        expectations.add(expectation.toString());
        return this;
    }

    /** Runs the program. */
    void verify(Path directory) throws IOException, InterruptedException {
        StringBuilder test = new StringBuilder("""
                rule_files: ['%s']
                evaluation_interval: %2$ds
                tests:
                  - interval: %2$ds
                    input_series:
                """.formatted(RULES, STEP_SECONDS));
        series.forEach((name, values) -> test.append("      - series: '%s'%n        values: '%s'%n"
                .formatted(name, values.toString().strip())));
        test.append("    promql_expr_test:\n");
        expectations.forEach(test::append);
        Path file = Files.writeString(directory.resolve("test.yml"), test);
        String output = run("test", "rules", file.toString());
        assertThat(output)
                .as("what promtool says of %s", file)
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    /** Runs the program with arguments, and returns its output. */
    static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return output;
    }
}
