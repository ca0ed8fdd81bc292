package io.github.dbleases.sample.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** A Java process that ends when its standard input does. */
final class ChildProcess {

    /** The variable with the role of a process of this application. */
    static final String ROLE = "ORDER_DESK_ROLE";

    private final String name;
    private final Process process;

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts a process.
     *
     * @param name for people
     * @param command the whole command
     * @param environment additions to this process's environment
     * @param lines gets each line of its output
     */
    static ChildProcess start(
            String name, List<String> command, Map<String, String> environment, Consumer<String> lines) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            Thread pump = new Thread(() -> forward(process, lines), "output of " + name);
            pump.setDaemon(true);
            pump.start();
            return new ChildProcess(name, process);
        } catch (IOException e) {
            throw new LaunchException("%s cannot be started: %s".formatted(name, e.getMessage()));
        }
    }

    private static void forward(Process process, Consumer<String> lines) {
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(lines);
        } catch (IOException | UncheckedIOException e) {
            // The process was killed while it was writing.
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    /** Calls an action with the exit code when the process has ended. */
    void onEnd(IntConsumer action) {
        CompletableFuture<Void> unused = process.onExit().thenAccept(ended -> action.accept(ended.exitValue()));
    }

    /** Asks the process to end. */
    void requestEnd() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has already ended.
        }
    }

    /**
     * Asks the process to end, and kills it if it does not end in time.
     *
     * @return whether it ended by itself
     */
    boolean end(long patienceMillis) {
        requestEnd();
        boolean ended = false;
        try {
            ended = process.waitFor(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            process.destroyForcibly();
            process.onExit().join();
        }
        return ended;
    }
}
