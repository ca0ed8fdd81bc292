package io.github.dbleases.scale;

import io.github.dbleases.testing.postgres.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** PgBouncer in transaction mode in front of a server. The program {@code pgbouncer} must be on the path. */
final class Pooler implements AutoCloseable {

    private static final int SERVER_CONNECTIONS = 20;

    private final int port;
    private final Process process;

    Pooler(PostgresServer server) throws IOException {
        port = freePort();
        Path directory = Files.createTempDirectory("dbleases-pooler");
        Path users = Files.writeString(directory.resolve("users"), "\"%s\" \"\"%n".formatted(server.user()));
        Path configuration = Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                * = host=%s port=%d user=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                pool_mode = transaction
                max_client_conn = 5000
                default_pool_size = %d
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        server.host(), server.port(), server.user(), port, users, SERVER_CONNECTIONS));
        for (Path readable : List.of(directory, users, configuration)) {
            readable.toFile().setReadable(true, false);
            readable.toFile().setExecutable(true, false);
        }
        process = start(configuration);
        awaitPort();
    }

    int port() {
        return port;
    }

    /** PgBouncer refuses to run as root. */
    private static Process start(Path configuration) throws IOException {
        List<String> command = new ArrayList<>(List.of("pgbouncer", "--quiet"));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=nobody");
        }
        command.add(configuration.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(configuration.resolveSibling("log").toFile())
                .start();
    }

    private void awaitPort() throws IOException {
        for (int attempt = 0; process.isAlive(); attempt++) {
            try (Socket ignored = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException refused) {
                if (attempt == 100) {
                    throw refused;
                }
                Crowd.pause(Duration.ofMillis(50));
            }
        }
        throw new IOException("PgBouncer has ended with code " + process.exitValue());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
