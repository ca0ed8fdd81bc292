package io.github.dbleases.sample.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the embedded PostgreSQL is.
 *
 * @param port on this machine
 * @param pid of its first process
 * @param data its directory, deleted when it stops
 */
record DatabaseAddress(int port, long pid, Path data) {

    private static final String MARK = "PostgreSQL is ready: ";

    /** The line by which the process beside the server tells its parent. */
    String toLine() {
        return MARK + port + " " + pid + " " + data;
    }

    /** Returns the address if a line of output tells one. */
    static Optional<DatabaseAddress> parse(String line) {
        if (!line.startsWith(MARK)) {
            return Optional.empty();
        }
        String[] fields = line.substring(MARK.length()).split(" ", 3);
        return Optional.of(
                new DatabaseAddress(Integer.parseInt(fields[0]), Long.parseLong(fields[1]), Path.of(fields[2])));
    }

    /** What an instance is told so that it finds the database. */
    List<String> arguments() {
        return List.of(
                "--spring.datasource.url=jdbc:postgresql://localhost:%d/postgres".formatted(port),
                "--spring.datasource.username=postgres",
                "--spring.datasource.password=");
    }
}
