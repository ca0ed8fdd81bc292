package io.github.dbleases.testing.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Finds free ports for servers, and waits until a server answers. */
final class Ports {

    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Ports() {}

    /** Returns a port that is free now. Another process may still take it first. */
    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void awaitConnection(PostgresServer server) {
        long deadline = System.nanoTime() + STARTUP.toNanos();
        while (true) {
            try (Connection connection = server.dataSource().getConnection()) {
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(server + " does not answer", e);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }
}
