package io.github.dbleases.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A process with the class path of this one, and the signals that can be sent to it. */
final class JavaProcess implements AutoCloseable {

    private final Process process;

    /** Starts a process. */
    JavaProcess(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Passes on its output, line by line. */
    void hear(Consumer<String> heard) {
        Thread reader = new Thread(() -> read(heard), "reader-of-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Consumer<String> heard) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard.accept(line);
            }
        } catch (IOException ended) {
            // It was killed while it was writing.
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Kills the process: kill -9. */
    void kill() {
        // Use the handle, because the process object would close the stream while it is read.
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    /** Stops the process, as when it gets no processor: SIGSTOP. */
    void stop() {
        signal("STOP");
    }

    /** Resumes the process: SIGCONT. */
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .join();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writes a line to its input. */
    void tell() {
        try {
            OutputStream input = process.getOutputStream();
            input.write('\n');
            input.flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Asks the process to end, and waits until it has ended. */
    void end() {
        tell();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
