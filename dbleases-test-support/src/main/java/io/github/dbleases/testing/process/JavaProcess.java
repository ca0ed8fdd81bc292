package io.github.dbleases.testing.process;

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
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A JVM that a test starts, and the signals that the test can send to it. Any thread can use it.
 */
public final class JavaProcess implements AutoCloseable {

    private final Process process;
    private final Thread reader;

    private JavaProcess(ProcessBuilder command, Consumer<String> output) {
        try {
            process = command.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader = new Thread(() -> read(output), "reader-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts the main method of a class, on the class path of this JVM. Its error output is that of this JVM.
     *
     * @param output gets each line of its standard output, on a thread of its own
     */
    public static JavaProcess start(Consumer<String> output, Class<?> main, String... arguments) {
        return new JavaProcess(
                command(System.getProperty("java.class.path"), List.of(), main.getName(), arguments)
                        .redirectError(ProcessBuilder.Redirect.INHERIT),
                output);
    }

    /**
     * Starts the main method of a class.
     *
     * @param output gets each line of its standard output and error output, on a thread of its own
     * @param options of the JVM
     */
    public static JavaProcess start(
            Consumer<String> output, String classPath, List<String> options, String main, String... arguments) {
        return new JavaProcess(command(classPath, options, main, arguments).redirectErrorStream(true), output);
    }

    private static ProcessBuilder command(String classPath, List<String> options, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    private void read(Consumer<String> output) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(output);
        } catch (IOException | UncheckedIOException ended) {
            // The process was killed while it was writing.
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns whether there is more output to come. */
    public boolean isWriting() {
        return reader.isAlive();
    }

    /** Kills the process: SIGKILL. */
    public void kill() {
        // The process object itself would close the stream while it is read.
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    /** Asks the process to end, as an operator does: SIGTERM. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Stops the process, as when it gets no processor: SIGSTOP. */
    public void stop() {
        signal("STOP");
    }

    /** Resumes the process: SIGCONT. */
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

    /** Writes an empty line to the input of the process. */
    public void tell() {
        try {
            OutputStream input = process.getOutputStream();
            input.write('\n');
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes an empty line to the input of the process, which asks it to end, and waits until it has ended. */
    public void end() {
        tell();
        process.onExit().join();
    }

    /** Waits until the process has ended and its output was read, and returns its exit code, or nothing after a time. */
    public OptionalInt awaitEnd(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            return OptionalInt.empty();
        }
        reader.join();
        return OptionalInt.of(process.exitValue());
    }

    @Override
    public void close() {
        kill();
    }
}
