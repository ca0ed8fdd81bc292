package io.github.dbleases.spring.process;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An application in a JVM of its own, on the class path of this one, and what it writes. */
public final class ApplicationProcess implements AutoCloseable {

    /** A JVM takes its time to start on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private ApplicationProcess(List<String> command) {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader = new Thread(this::read, "reader-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the main method of a class. */
    public static ApplicationProcess of(Class<?> main, String... arguments) {
        return onClassPath(System.getProperty("java.class.path"), List.of(), main.getName(), arguments);
    }

    /** Starts the main method of a class, with another class path and with options for the JVM. */
    public static ApplicationProcess onClassPath(
            String classPath, List<String> options, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(List.of(arguments));
        return new ApplicationProcess(command);
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException ended) {
            // It was killed while it wrote.
        }
    }

    /** Waits until it has written a line that contains a text. */
    public ApplicationProcess awaitLine(String text) {
        await(text).atMost(PATIENCE).until(() -> {
            boolean ended = !reader.isAlive();
            boolean written = lines.stream().anyMatch(line -> line.contains(text));
            if (!written && ended) {
                throw new IllegalStateException("It ended without writing '%s': %s".formatted(text, output()));
            }
            return written;
        });
        return this;
    }

    /** Asks it to end, as an operator does: SIGTERM. */
    public ApplicationProcess terminate() {
        process.toHandle().destroy();
        return this;
    }

    /** Stops it, as when the machine does not give it a processor: SIGSTOP. */
    public void stop() {
        signal("STOP");
    }

    /** Lets it continue: SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives it a line of input. */
    public void tell() {
        try {
            OutputStream input = process.getOutputStream();
            input.write('\n');
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it at once: SIGKILL. */
    public void kill() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    /** Waits until it has ended, and returns its exit code. */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("It has not ended: " + output());
        }
        reader.join();
        return process.exitValue();
    }

    /** Returns the lines that it has written. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Returns all that it has written. */
    public String output() {
        return String.join("\n", lines);
    }

    @Override
    public void close() {
        kill();
    }
}
