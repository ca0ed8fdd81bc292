package io.github.dbleases.sample.launcher;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Lets an instance ask which instances run, and start one that has ended. The address contains a secret and is
 * reachable only on this machine, so only processes that know it can ask.
 */
final class ControlServer implements AutoCloseable {

    private final String path = "/" + UUID.randomUUID() + "/instances";
    private final InstanceProcesses instances;
    private final HttpServer server;

    ControlServer(InstanceProcesses instances) throws IOException {
        this.instances = instances;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(path, this::handle);
        server.start();
    }

    /** Returns the base address of the instances. */
    URI address() {
        InetSocketAddress address = server.getAddress();
        return URI.create("http://%s:%d%s"
                .formatted(address.getAddress().getHostAddress(), address.getPort(), path.replace("instances", "")));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name =
                    exchange.getRequestURI().getPath().substring(path.length()).replaceFirst("^/", "");
            switch (exchange.getRequestMethod()) {
                case "GET" -> answer(exchange, 200, instances.describe());
                case "POST" -> answer(exchange, instances.start(name) ? 202 : 409, "");
                default -> answer(exchange, 405, "");
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
