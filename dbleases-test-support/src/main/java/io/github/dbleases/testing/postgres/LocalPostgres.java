package io.github.dbleases.testing.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A server on this machine, run by pg_ctl. It starts with a copy of what initdb creates. */
final class LocalPostgres extends PostgresServer {

    private final Path binaries;
    private final Path directory;
    private final Map<String, String> settings;
    private final String options;
    private boolean running;

    private LocalPostgres(Path binaries, Path directory, int port, Map<String, String> settings) {
        super("localhost", port, EmptyData.USER, "");
        this.binaries = binaries;
        this.directory = directory;
        this.settings = settings;
        this.options = "-F -p %d -k %s -c timezone=UTC%s"
                .formatted(
                        port,
                        directory,
                        settings.entrySet().stream()
                                .map(setting -> " -c %s='%s'".formatted(setting.getKey(), setting.getValue()))
                                .collect(Collectors.joining()));
    }

    static LocalPostgres start(Path binaries, Map<String, String> settings) {
        return start(binaries, settings, LocalPostgres::initialise);
    }

    private static LocalPostgres start(Path binaries, Map<String, String> settings, Consumer<LocalPostgres> makeData) {
        try {
            // A short path that the server's user can read, because it also contains the socket.
            Path directory = Files.createTempDirectory(
                    "dbleases-pg", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            Commands.handOver(directory);
            LocalPostgres server = new LocalPostgres(binaries, directory, Ports.free(), settings);
            try {
                makeData.accept(server);
                server.startAgain();
            } catch (IllegalStateException e) {
                server.remove();
                throw e;
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the data of the stopped server, because the archives don't contain pg_basebackup. */
    @Override
    synchronized PostgresServer startStandby() {
        Map<String, String> following = new LinkedHashMap<>(settings);
        following.put("primary_conninfo", "host=%s port=%d user=%s".formatted(host(), port(), user()));
        return start(binaries, following, standby -> {
            stop(StopMode.FAST);
            try {
                Commands.run(List.of(
                        "cp", "-R", "-p", data().toString(), standby.data().toString()));
            } finally {
                startAgain();
            }
            Commands.run(
                    List.of("touch", standby.data().resolve("standby.signal").toString()));
        });
    }

    private void initialise() {
        Commands.run(List.of("cp", "-R", "-p", EmptyData.of(binaries).toString(), data().toString()));
    }

    /** Returns the directory with all files of the server, including {@code postmaster.pid}. */
    Path data() {
        return directory.resolve("data");
    }

    private Path log() {
        return directory.resolve("server.log");
    }

    private String program(String name) {
        return binaries.resolve(name).toString();
    }

    @Override
    synchronized void startAgain() {
        pgCtl("start", "--log=" + log(), "--options=" + options);
        running = true;
    }

    @Override
    synchronized void stop(StopMode mode) {
        pgCtl("stop", "--mode=" + mode.name().toLowerCase(Locale.ROOT));
        running = false;
    }

    private void pgCtl(String action, String... options) {
        List<String> command =
                new ArrayList<>(List.of(program("pg_ctl"), action, "--wait", "--silent", "--pgdata=" + data()));
        command.addAll(List.of(options));
        try {
            Commands.run(command);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + lastLines(), e);
        }
    }

    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    synchronized void remove() {
        if (running) {
            stop(StopMode.IMMEDIATE);
        }
        Trees.delete(directory);
    }
}
