package io.github.dbleases.testing.postgres;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks the archive of a version from the class path, once per machine. */
final class PostgresBinaries {

    private PostgresBinaries() {}

    /** Returns the directory of the programs. */
    static Path embedded(PostgresVersion version) {
        String resource = version.resourceFolder() + archive();
        try (InputStream archive = PostgresBinaries.class.getClassLoader().getResourceAsStream(resource)) {
            if (archive == null) {
                throw new IllegalStateException("No PostgreSQL %s for this machine: no %s on the class path; "
                                .formatted(version.major(), resource)
                        + "with a Docker engine, containers are used instead");
            }
            byte[] packed = archive.readAllBytes();
            Path target = root().resolve("%s-%08x".formatted(version.major(), Arrays.hashCode(packed)));
            if (!Files.exists(target)) {
                unpack(packed, target);
            }
            return target.resolve("bin");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the directory for files that tests create once per machine. */
    static Path root() throws IOException {
        // One for each user, because a directory of another user may be neither writable nor trustworthy.
        Path root = Path.of(
                System.getProperty("java.io.tmpdir"), "dbleases-postgres-binaries-" + System.getProperty("user.name"));
        return Files.createDirectories(root);
    }

    private static String archive() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String machine = System.getProperty("os.arch");
        String architecture = switch (machine) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64" -> "arm_64";
            default -> machine;
        };
        return "postgres-%s-%s.txz".formatted(system, architecture);
    }

    /** Unpacks into a temporary directory and renames it, because another JVM may be unpacking the same archive. */
    private static void unpack(byte[] packed, Path target) throws IOException {
        Path unfinished = Files.createTempDirectory(target.getParent(), "unpacking");
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(packed)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, unfinished);
            }
        }
        try {
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(target)) {
                throw e;
            }
            Trees.delete(unfinished);
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path root) throws IOException {
        Path path = root.resolve(entry.getName()).normalize();
        if (!path.startsWith(root)) {
            throw new IOException("Entry outside of the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Path folder = Objects.requireNonNull(path.getParent());
        Files.createDirectories(folder);
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, path);
            boolean program = folder.endsWith("bin");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
