package io.github.dbleases.sample.launcher;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/** Decides the role of this process: the launcher, a plain instance, or one of the launcher's processes. */
public final class Launch {

    /** The exit code for a wrong command line, as in shells. */
    private static final int USAGE = 2;

    private Launch() {}

    /**
     * Runs an application in the role of this process.
     *
     * @param application the main class of the application, which calls this method
     * @param args the command line
     */
    public static void run(Class<?> application, String... args) throws IOException, InterruptedException {
        String role = System.getenv().getOrDefault(ChildProcess.ROLE, "");
        switch (role) {
            case InstanceProcesses.ROLE -> {
                ParentWatch.exitWithParent();
                SpringApplication.run(application, args);
            }
            case DatabaseProcess.ROLE -> {
                quietLog();
                DatabaseServer.run();
            }
            default -> launch(application, args);
        }
    }

    private static void launch(Class<?> application, String... args) throws IOException, InterruptedException {
        quietLog();
        try {
            LaunchPlan plan = LaunchPlan.of(args);
            if (plan.instances() == 1) {
                runHere(plan, application, args);
            } else {
                System.exit(Launcher.run(plan, new JavaCommand(application)));
            }
        } catch (LaunchException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
        }
    }

    /** One plain instance in this process. */
    private static void runHere(LaunchPlan plan, Class<?> application, String... args) {
        List<String> arguments = new ArrayList<>(List.of(args));
        if (plan.embeddedDatabase()) {
            DatabaseProcess database = DatabaseProcess.start(new Terminal(System.out), new JavaCommand(application));
            // After the application has ended.
            SpringApplication.getShutdownHandlers().add(database::close);
            arguments.addAll(database.address().arguments());
        }
        SpringApplication.run(application, arguments.toArray(String[]::new));
    }

    /** Outside a Spring Boot application, the log would contain debug output of the libraries. */
    private static void quietLog() {
        LoggingSystem.get(Launch.class.getClassLoader()).setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
    }
}
