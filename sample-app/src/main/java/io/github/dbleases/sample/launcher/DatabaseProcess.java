package io.github.dbleases.sample.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.springframework.util.FileSystemUtils;

/** The embedded PostgreSQL, as seen by the launcher. */
final class DatabaseProcess implements AutoCloseable {

    static final String ROLE = "database";

    /** The first start on a machine unpacks the binaries. */
    private static final long START_PATIENCE_MILLIS = 120_000;

    private static final long STOP_PATIENCE_MILLIS = 10_000;

    private final ChildProcess process;
    private final DatabaseAddress address;

    private DatabaseProcess(ChildProcess process, DatabaseAddress address) {
        this.process = process;
        this.address = address;
    }

    /** Starts a server with an empty database, and returns when it is ready. */
    static DatabaseProcess start(Terminal terminal, JavaCommand java) {
        CompletableFuture<DatabaseAddress> ready = new CompletableFuture<>();
        List<String> command = new ArrayList<>(asOrdinaryUser());
        command.addAll(java.with(List.of()));
        ChildProcess process = ChildProcess.start(ROLE, command, Map.of(ChildProcess.ROLE, ROLE), line -> {
            terminal.print(ROLE, line);
            DatabaseAddress.parse(line).ifPresent(ready::complete);
        });
        process.onEnd(code -> ready.completeExceptionally(
                new LaunchException("The embedded PostgreSQL did not start; the lines above say why. "
                        + "To use another one, add --spring.datasource.url=jdbc:postgresql://...")));
        try {
            return new DatabaseProcess(process, ready.get(START_PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            throw (LaunchException) e.getCause();
        } catch (TimeoutException | InterruptedException e) {
            process.end(STOP_PATIENCE_MILLIS);
            throw new LaunchException(
                    "The embedded PostgreSQL was not ready within %d s.".formatted(START_PATIENCE_MILLIS / 1_000));
        }
    }

    DatabaseAddress address() {
        return address;
    }

    /** Calls an action when the process that started the server has ended, for whatever reason. */
    void onEnd(IntConsumer action) {
        process.onEnd(action);
    }

    /** Stops the server and deletes its data. */
    @Override
    public void close() {
        process.end(STOP_PATIENCE_MILLIS);
        // If the process that started the server was killed, the server still runs.
        ProcessHandle.of(address.pid()).filter(ProcessHandle::isAlive).ifPresent(server -> {
            server.destroy();
            server.onExit()
                    .orTimeout(STOP_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .exceptionally(late -> {
                        server.destroyForcibly();
                        return server;
                    })
                    .join();
        });
        FileSystemUtils.deleteRecursively(address.data().toFile());
    }

    /**
     * PostgreSQL refuses to run as root. The library that starts it then uses a user namespace. If these are forbidden,
     * as in many containers, the whole process runs as another user.
     */
    private static List<String> asOrdinaryUser() {
        boolean needed = "root".equals(System.getProperty("user.name"))
                && output("unshare", "-U", "id", "-u").isBlank()
                && !output("setpriv", "--version").isBlank();
        return needed ? List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--") : List.of();
    }

    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException absent) {
            return "";
        }
    }
}
