package io.github.dbleases.store.keyvalue.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a directory: one file, which the operating system unlocks when a process ends, however it ends. It locks
 * processes from each other, so the threads of this one lock each other out before.
 */
final class DirectoryLock {

    private static final String NAME = "leases.lock";
    private static final long PATIENCE_MILLIS = 2;

    /** One for each directory that this process ever used. */
    private static final Map<Path, ReentrantLock> WITHIN_PROCESS = new ConcurrentHashMap<>();

    private final Path directory;

    DirectoryLock(Path directory) {
        this.directory = directory;
    }

    /** What is done under the lock. */
    @FunctionalInterface
    interface Action<T> {

        T perform() throws IOException;
    }

    <T> T holding(Action<T> action) throws IOException {
        Path real = directory.toRealPath();
        ReentrantLock lock = WITHIN_PROCESS.computeIfAbsent(real, first -> new ReentrantLock());
        try {
            lock.lockInterruptibly();
            try {
                return holdingFile(real.resolve(NAME), action);
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for the lock of " + directory);
        }
    }

    private static <T> T holdingFile(Path file, Action<T> action) throws IOException, InterruptedException {
        while (true) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
                Object opened = identity(file);
                lock(channel);
                // Somebody who tidies up may have deleted the file, and others may lock the next one.
                if (Objects.equals(opened, identity(file))) {
                    return action.perform();
                }
            }
        }
    }

    /** Waits too while other class loaders of this process hold the lock, which Java answers with an exception. */
    private static void lock(FileChannel channel) throws IOException, InterruptedException {
        while (true) {
            try {
                channel.lock();
                return;
            } catch (OverlappingFileLockException held) {
                Thread.sleep(PATIENCE_MILLIS);
            }
        }
    }

    private static @Nullable Object identity(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readAttributes(file, BasicFileAttributes.class).fileKey()
                : new Object();
    }
}
