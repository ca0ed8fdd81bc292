package io.github.dbleases.sample.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The address of the embedded PostgreSQL.
 *
 * @param port on this machine
 * @param pid of its first process
 * @param data its directory, deleted when it stops
 */
record DatabaseAddress(int port, long pid, Path data) {

    private static final String MARK = "PostgreSQL is ready: ";

    /** The line with which the process that started the server reports its address. */
    String toLine() {
        return MARK + port + " " + pid + " " + data;
    }

    /** Returns the address if a line of output contains one. */
    static Optional<DatabaseAddress> parse(String line) {
        if (!line.startsWith(MARK)) {
            return Optional.empty();
        }
        String[] fields = line.substring(MARK.length()).split(" ", 3);
        return Optional.of(
                new DatabaseAddress(Integer.parseInt(fields[0]), Long.parseLong(fields[1]), Path.of(fields[2])));
    }

    /** The arguments with which an instance finds the database. */
    List<String> arguments() {
        return List.of(
                "--spring.datasource.url=jdbc:postgresql://localhost:%d/postgres".formatted(port),
                "--spring.datasource.username=postgres",
                "--spring.datasource.password=");
    }
}
