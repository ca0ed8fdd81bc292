package io.github.dbleases.sample.launcher;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * What to start.
 *
 * @param instances how many instances
 * @param firstPort the port of the first instance, followed by those of the others; 0 for any free ports
 * @param embeddedDatabase whether to use the embedded PostgreSQL
 * @param arguments the command-line arguments for each instance, without those above
 */
record LaunchPlan(int instances, int firstPort, boolean embeddedDatabase, List<String> arguments) {

    private static final int DEFAULT_INSTANCES = 3;
    private static final int DEFAULT_PORT = 8080;
    private static final int MOST_INSTANCES = 50;

    private static final String INSTANCES = "sample.instances";
    private static final String PORT = "server.port";
    private static final String URL = "spring.datasource.url";

    /** The settings that have a different value in each instance. */
    private static final Set<String> OWN = Set.of(INSTANCES, PORT, "sample.name");

    public LaunchPlan {
        if (instances < 1 || instances > MOST_INSTANCES) {
            throw new LaunchException("%s is %d, but must be 1 to %d.".formatted(INSTANCES, instances, MOST_INSTANCES));
        }
        if (firstPort < 0 || firstPort + instances - 1 > 65_535) {
            throw new LaunchException(
                    "%s is %d, but it and the ports of the other instances must be 1 to 65535, or 0 for any free ones."
                            .formatted(PORT, firstPort));
        }
        arguments = List.copyOf(arguments);
    }

    /** Reads the command line, the system properties and the environment, in this order of precedence. */
    static LaunchPlan of(String... args) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(args));
        return new LaunchPlan(
                number(environment, INSTANCES, DEFAULT_INSTANCES),
                number(environment, PORT, DEFAULT_PORT),
                !environment.containsProperty(URL),
                Arrays.stream(args).filter(LaunchPlan::shared).toList());
    }

    private static int number(ConfigurableEnvironment environment, String name, int otherwise) {
        String value = environment.getProperty(name);
        try {
            return value == null ? otherwise : Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new LaunchException("%s is '%s', but must be a whole number.".formatted(name, value));
        }
    }

    private static boolean shared(String argument) {
        String name = argument.replaceFirst("^--", "").replaceFirst("=.*$", "");
        return !OWN.contains(name);
    }

    /** Returns a free port for each instance. */
    List<Integer> freePorts() {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            for (int instance = 0; instance < instances; instance++) {
                ServerSocket socket = listen(firstPort == 0 ? 0 : firstPort + instance);
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
            return ports;
        } finally {
            sockets.forEach(LaunchPlan::close);
        }
    }

    private ServerSocket listen(int port) {
        try {
            return new ServerSocket(port);
        } catch (IOException e) {
            throw new LaunchException(
                    "Port %d is in use (%s). Stop the process that uses it, or choose other ports: --%s=9080 gives the %d instances the ports from 9080 on."
                            .formatted(port, e.getMessage(), PORT, instances));
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new LaunchException("Port %d cannot be closed: %s".formatted(socket.getLocalPort(), e.getMessage()));
        }
    }
}
