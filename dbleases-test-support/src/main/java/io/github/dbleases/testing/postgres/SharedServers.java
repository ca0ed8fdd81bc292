package io.github.dbleases.testing.postgres;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The servers that all tests of this JVM share. They are started on first use and closed when the JVM ends. */
final class SharedServers {

    /** Enough for many small pools and unpooled connections at the same time. */
    private static final Map<String, String> SETTINGS = Map.of("max_connections", "300");

    private static final Map<PostgresChoice, PostgresServer> SERVERS = new HashMap<>();

    private SharedServers() {}

    static PostgresServer of(PostgresVersion version) {
        return of(PostgresChoice.forVersion(version, PostgresChoice.Environment.current()));
    }

    static Optional<PostgresServer> additional() {
        return PostgresChoice.additional(PostgresChoice.Environment.current()).map(SharedServers::of);
    }

    private static synchronized PostgresServer of(PostgresChoice choice) {
        return SERVERS.computeIfAbsent(choice, absent -> {
            PostgresServer server = absent.start(SETTINGS);
            server.share();
            Runtime.getRuntime().addShutdownHook(new Thread(server::remove, "stop " + server));
            return server;
        });
    }
}
