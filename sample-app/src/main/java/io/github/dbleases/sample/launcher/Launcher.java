package io.github.dbleases.sample.launcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the database and the instances until all instances have ended or this process is stopped. */
final class Launcher implements AutoCloseable {

    private static final String NAME = "launcher";

    private final Terminal terminal;
    private final @Nullable DatabaseProcess database;
    private final InstanceProcesses instances;
    private final ControlServer control;
    private volatile boolean closed;

    private Launcher(LaunchPlan plan, Terminal terminal, JavaCommand command) throws IOException {
        List<Integer> ports = plan.freePorts();
        List<String> arguments = new ArrayList<>(plan.arguments());
        this.terminal = terminal;
        this.database = plan.embeddedDatabase() ? DatabaseProcess.start(terminal, command) : null;
        if (database != null) {
            arguments.addAll(database.address().arguments());
        }
        this.instances = new InstanceProcesses(terminal, command, arguments, ports);
        this.control = new ControlServer(instances);
        terminal.print(
                NAME,
                "The order desk is starting on http://localhost:%d/ - press Ctrl-C to stop it."
                        .formatted(ports.get(0)));
    }

    /** Runs the plan, and returns the exit code of the last instance. */
    static int run(LaunchPlan plan, JavaCommand command) throws IOException, InterruptedException {
        Terminal terminal = new Terminal(System.out);
        terminal.print(
                NAME,
                "%d instances, with %s."
                        .formatted(
                                plan.instances(),
                                plan.embeddedDatabase() ? "an embedded PostgreSQL" : "your database"));
        try (Launcher launcher = new Launcher(plan, terminal, command)) {
            Runtime.getRuntime().addShutdownHook(new Thread(launcher::close, "close"));
            return launcher.runInstances();
        }
    }

    private int runInstances() throws InterruptedException {
        if (database != null) {
            database.onEnd(code -> databaseEnded());
        }
        instances.startAll(control.address());
        int code = instances.awaitEnd();
        if (!closed) {
            terminal.print(NAME, "All instances have ended. Start the order desk again with the same command.");
        }
        return code;
    }

    private synchronized void databaseEnded() {
        if (!closed) {
            terminal.print(NAME, "The database ended unexpectedly, so the order desk stops.");
            instances.close();
        }
    }

    /** Stops everything that was started, the database last, and returns when no process is left. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        instances.close();
        control.close();
        if (database != null) {
            database.close();
        }
    }
}
