package io.github.dbleases.sample.launcher;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The processes of the instances, which may end and be started again. Thread-safe. */
final class InstanceProcesses {

    static final String ROLE = "instance";

    /** An orderly stop takes a second or two. A process that is paused or hangs must not keep the user waiting. */
    private static final long END_PATIENCE_MILLIS = 10_000;

    private final Terminal terminal;
    private final JavaCommand command;
    private final List<String> arguments;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, ChildProcess> running = new TreeMap<>();
    private Map<String, String> environment = Map.of();
    private boolean closing;
    private int lastExitCode;

    /**
     * Creates the instances without starting them.
     *
     * @param terminal for their output
     * @param command the command that starts each instance
     * @param arguments the arguments of each instance
     * @param ports one for each instance
     */
    InstanceProcesses(Terminal terminal, JavaCommand command, List<String> arguments, List<Integer> ports) {
        this.terminal = terminal;
        this.command = command;
        this.arguments = List.copyOf(arguments);
        for (int instance = 0; instance < ports.size(); instance++) {
            this.ports.put("instance-" + (instance + 1), ports.get(instance));
        }
    }

    /** Starts all instances, and passes them the address at which they can start others. */
    synchronized void startAll(URI control) {
        environment = Map.of(ChildProcess.ROLE, ROLE, "SAMPLE_LAUNCHER", control.toString());
        ports.keySet().forEach(this::start);
    }

    /** Starts an instance. Returns false if it already runs or is unknown, or if the launcher is stopping. */
    synchronized boolean start(String name) {
        Integer port = ports.get(name);
        if (closing || port == null || running.containsKey(name)) {
            return false;
        }
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--sample.name=" + name, "--server.port=" + port));
        ChildProcess process =
                ChildProcess.start(name, command.with(all), environment, line -> terminal.print(name, line));
        running.put(name, process);
        process.onEnd(code -> ended(name, code));
        return true;
    }

    private synchronized void ended(String name, int code) {
        running.remove(name);
        lastExitCode = code;
        notifyAll();
        if (!closing) {
            terminal.print("launcher", "%s has ended with exit code %d.".formatted(name, code));
        }
    }

    /** Returns one line for each instance: its name, its port and its process id, which is 0 if it has ended. */
    synchronized String describe() {
        StringBuilder lines = new StringBuilder();
        ports.forEach((name, port) -> {
            ChildProcess process = running.get(name);
            lines.append("%s %d %d\n".formatted(name, port, process == null ? 0 : process.pid()));
        });
        return lines.toString();
    }

    /** Waits until no instance runs anymore, and returns the exit code of the last one. */
    synchronized int awaitEnd() throws InterruptedException {
        while (!running.isEmpty()) {
            wait();
        }
        return lastExitCode;
    }

    /** Stops all instances at the same time, and returns when none is left. */
    void close() {
        List<ChildProcess> left;
        synchronized (this) {
            closing = true;
            left = List.copyOf(running.values());
        }
        left.forEach(ChildProcess::requestEnd);
        long deadline = System.nanoTime() + END_PATIENCE_MILLIS * 1_000_000;
        for (ChildProcess process : left) {
            if (!process.end(Math.max(0, deadline - System.nanoTime()) / 1_000_000)) {
                terminal.print("launcher", process.name() + " did not stop in time and was killed.");
            }
        }
    }
}
