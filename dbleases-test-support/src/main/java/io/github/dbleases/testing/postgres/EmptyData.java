package io.github.dbleases.testing.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The data of a new server, as initdb creates it, once per machine. initdb takes a second, and a copy of its data a tenth
 * of that. All servers with the same binaries therefore have the same system identifier.
 */
final class EmptyData {

    static final String USER = "postgres";

    private EmptyData() {}

    /** Returns the directory that a new server starts with a copy of. */
    static synchronized Path of(Path binaries) {
        try {
            Path initdb = binaries.resolve("initdb");
            String version = "%s %s".formatted(initdb, Files.getLastModifiedTime(initdb));
            Path target = PostgresBinaries.root().resolve("data-%08x".formatted(version.hashCode()));
            if (!Files.exists(target)) {
                initialise(initdb, target);
            }
            return target.resolve("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates the data in a temporary directory and renames it, because another JVM may be doing the same. */
    private static void initialise(Path initdb, Path target) throws IOException {
        Path unfinished = Files.createTempDirectory(target.getParent(), "initializing");
        Commands.handOver(unfinished);
        Commands.run(List.of(
                initdb.toString(),
                "--auth=trust",
                "--username=" + USER,
                "--encoding=UTF8",
                "--no-sync",
                "--pgdata=" + unfinished.resolve("data")));
        try {
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(target)) {
                throw e;
            }
            Trees.delete(unfinished);
        }
    }
}
