package io.github.dbleases.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The packaged application as seen on a terminal: its output and its processes. */
final class RunningJar implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** The line with the port, the process and the data directory of the server. */
    private static final Pattern DATABASE = Pattern.compile("PostgreSQL is ready: (\\d+) (\\d+) (.*)");

    private final Process process;
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();

    private RunningJar(Process process) {
        this.process = process;
    }

    static RunningJar start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("target", "sample-app.jar").toString()));
        command.addAll(List.of(arguments));
        RunningJar jar = new RunningJar(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        Thread reader = new Thread(jar::read, "output of the jar");
        reader.setDaemon(true);
        reader.start();
        return jar;
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(line -> {
                System.out.println("| " + line);
                lines.add(line);
                process.descendants().forEach(seen::add);
            });
        } catch (IOException | UncheckedIOException e) {
            // It was killed.
        }
    }

    Process process() {
        return process;
    }

    /** Waits for a line of the output. */
    MatchResult awaitLine(Pattern pattern) {
        await().atMost(PATIENCE)
                .failFast(
                        "the application has ended",
                        () -> !process.isAlive() && find(pattern).isEmpty())
                .until(() -> !find(pattern).isEmpty());
        return find(pattern).get(0);
    }

    private List<MatchResult> find(Pattern pattern) {
        return lines.stream().flatMap(line -> pattern.matcher(line).results()).toList();
    }

    /** Returns the database, which every user of this machine can access. */
    DataSource database() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl("jdbc:postgresql://localhost:%s/postgres"
                .formatted(awaitLine(DATABASE).group(1)));
        dataSource.setUser("postgres");
        return dataSource;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Returns the process of an instance, found by its arguments. */
    ProcessHandle instance(String name) {
        return process.descendants()
                .filter(descendant -> Stream.of(descendant.info().arguments().orElse(new String[0]))
                        .anyMatch(("--sample.name=" + name)::equals))
                .findAny()
                .orElseThrow();
    }

    /** Waits until the application, all its processes and the data of its database are gone. */
    void awaitNothingLeft() {
        Set<ProcessHandle> all = seen.stream().collect(Collectors.toSet());
        assertThat(all).as("processes that were started").isNotEmpty();
        all.add(process.toHandle());
        MatchResult database = awaitLine(DATABASE);
        ProcessHandle.of(Long.parseLong(database.group(2))).ifPresent(all::add);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(all).noneMatch(ProcessHandle::isAlive));
        await().atMost(PATIENCE).until(() -> Files.notExists(Path.of(database.group(3))));
    }

    /** Leaves nothing behind if a test has failed. */
    @Override
    public void close() {
        process.descendants().forEach(seen::add);
        process.destroy();
        process.onExit().join();
        seen.forEach(ProcessHandle::destroyForcibly);
    }
}
