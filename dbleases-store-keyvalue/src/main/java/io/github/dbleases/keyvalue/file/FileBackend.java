package io.github.dbleases.keyvalue.file;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.keyvalue.KeyValueBackend;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps documents in a directory, each in its own human-readable file. Processes share the documents if they share the
 * directory: on one machine, or on a file system with locks that several machines mount (NFS 4).
 *
 * <p>A document is written to a temporary file, which is then renamed under the lock of the directory. A process that
 * ends in the middle of a write therefore leaves the document unchanged and the lock free. The directory is created if
 * it doesn't exist.
 */
public final class FileBackend implements KeyValueBackend {

    private static final String TEMPORARY = ".tmp";
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path directory;
    private final DirectoryLock lock;

    /** Creates a backend on a directory. The directory is not accessed before the first call. */
    public FileBackend(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
        this.lock = new DirectoryLock(this.directory);
    }

    @Override
    public Optional<Document> get(String key) {
        return attempt(() -> DocumentFile.read(file(key), key));
    }

    @Override
    public Optional<String> put(String key, String content, @Nullable String ifVersion) {
        Path file = file(key);
        return attempt(() -> {
            create();
            if (!hasVersion(file, ifVersion)) {
                return Optional.empty();
            }
            String version = UUID.randomUUID().toString();
            Path temporary = directory.resolve(version + TEMPORARY);
            try {
                // Written before the lock is taken, because writing is slow and a process that is paused under the lock
                // blocks all others.
                DocumentFile.write(temporary, key, version, content);
                boolean written = lock.holding(() -> hasVersion(file, ifVersion) && rename(temporary, file));
                return written ? Optional.of(version) : Optional.empty();
            } finally {
                Files.deleteIfExists(temporary);
            }
        });
    }

    private static boolean hasVersion(Path file, @Nullable String version) throws IOException {
        String present =
                DocumentFile.header(file).map(DocumentFile.Header::version).orElse(null);
        return Objects.equals(present, version);
    }

    private boolean rename(Path temporary, Path file) throws IOException {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    @Override
    public boolean delete(String key, String ifVersion) {
        Path file = file(key);
        return attempt(() -> hasVersion(file, ifVersion)
                && lock.holding(() -> hasVersion(file, ifVersion) && Files.deleteIfExists(file)));
    }

    @Override
    public Map<String, String> list(String prefix) {
        return attempt(() -> {
            create();
            Map<String, String> versions = new TreeMap<>();
            for (Path file : lock.holding(() -> documents(prefix))) {
                DocumentFile.header(file)
                        .filter(header -> header.key().startsWith(prefix))
                        .ifPresent(header -> versions.put(header.key(), header.version()));
            }
            return versions;
        });
    }

    /** Lists the directory. The caller holds the lock, because a file that is being renamed could be missed. */
    private List<Path> documents(String prefix) throws IOException {
        List<Path> documents = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (FileNames.isDocument(name) && FileNames.mayHavePrefix(name, prefix)) {
                    documents.add(file);
                } else if (name.endsWith(TEMPORARY)) {
                    deleteAbandoned(file);
                }
            }
        }
        return documents;
    }

    private static void deleteAbandoned(Path temporary) throws IOException {
        try {
            Instant written = Files.getLastModifiedTime(temporary).toInstant();
            if (written.isBefore(Instant.now().minus(ABANDONED))) {
                Files.deleteIfExists(temporary);
            }
        } catch (NoSuchFileException gone) {
            // The process that wrote it has renamed it.
        }
    }

    @Override
    public String place(String key) {
        return file(key).toString();
    }

    @Override
    public String toString() {
        return "directory " + directory;
    }

    private Path file(String key) {
        return directory.resolve(FileNames.of(key));
    }

    private <T> T attempt(DirectoryLock.Action<T> action) {
        try {
            return action.perform();
        } catch (IOException failure) {
            if (failure instanceof AccessDeniedException
                    || !Files.isDirectory(directory)
                    || !Files.isWritable(directory)) {
                throw unusable(failure);
            }
            throw new StoreUnavailableException(
                    "Accessing the directory %s failed: %s".formatted(directory, failure), failure);
        }
    }

    private void create() throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (FileSystemException failure) {
            throw unusable(failure);
        }
    }

    private StoreUnusableException unusable(IOException failure) {
        return new StoreUnusableException(
                "The directory %s cannot be used: %s.".formatted(directory, failure),
                "Allow this process to create, read, write and delete files in it, or choose another directory.");
    }
}
