package io.github.dbleases.spring.process;

import static org.awaitility.Awaitility.await;

import io.github.dbleases.testing.process.JavaProcess;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An application in a JVM of its own, with the classes of this one, and what it writes. */
public final class ApplicationProcess implements AutoCloseable {

    /** A JVM takes its time to start on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final JavaProcess process;

    private ApplicationProcess(String classPath, List<String> options, String main, String... arguments) {
        process = JavaProcess.start(lines::add, classPath, options, main, arguments);
    }

    /** Starts the main method of a class. */
    public static ApplicationProcess of(Class<?> main, String... arguments) {
        return onClassPath("", List.of(), main.getName(), arguments);
    }

    /** Starts the main method of a class, with more places at the end of the class path and with options for the JVM. */
    public static ApplicationProcess onClassPath(
            String morePlaces, List<String> options, String main, String... arguments) {
        List<String> all = new ArrayList<>(StartArchive.options());
        all.addAll(options);
        String classPath = StartArchive.classPath() + (morePlaces.isEmpty() ? "" : File.pathSeparator + morePlaces);
        return new ApplicationProcess(classPath, all, main, arguments);
    }

    /** Waits until it has written a line that contains a text. */
    public ApplicationProcess awaitLine(String text) {
        await(text).atMost(PATIENCE).until(() -> {
            boolean ended = !process.isWriting();
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
        process.terminate();
        return this;
    }

    /** Stops it, as when it gets no processor: SIGSTOP. */
    public void stop() {
        process.stop();
    }

    /** Resumes it: SIGCONT. */
    public void resume() {
        process.resume();
    }

    /** Writes an empty line to its input. */
    public void tell() {
        process.tell();
    }

    /** Kills it: SIGKILL. */
    public void kill() {
        process.kill();
    }

    /** Waits until it has ended, and returns its exit code. */
    public int awaitEnd() throws InterruptedException {
        return process.awaitEnd(PATIENCE).orElseThrow(() -> new AssertionError("It has not ended: " + output()));
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
