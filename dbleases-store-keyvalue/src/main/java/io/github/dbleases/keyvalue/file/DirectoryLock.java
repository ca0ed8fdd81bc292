package io.github.dbleases.keyvalue.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
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
 * Locks a directory through a file in it. The operating system releases the lock when the process ends, however it
 * ends. The lock only keeps other processes out, so threads of this process lock each other out first. That includes
 * threads of other class loaders: on many systems, a process loses the lock when any of its threads closes the file.
 */
final class DirectoryLock {

    private static final String NAME = "leases.lock";

    /** One lock for each directory that this class loader has used. */
    private static final Map<String, ReentrantLock> WITHIN_CLASS_LOADER = new ConcurrentHashMap<>();

    private final Path directory;

    DirectoryLock(Path directory) {
        this.directory = directory;
    }

    /** Runs under the lock. */
    @FunctionalInterface
    interface Action<T> {

        T perform() throws IOException;
    }

    <T> T holding(Action<T> action) throws IOException {
        String name = name();
        ReentrantLock lock = WITHIN_CLASS_LOADER.computeIfAbsent(name, first -> new ReentrantLock());
        try {
            lock.lockInterruptibly();
            try {
                return holdingProcess(name, action);
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the lock of " + directory);
        }
    }

    /** Returns a name that is the same for all paths to the directory. */
    private String name() throws IOException {
        Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        return "io.github.dbleases lock of " + (key != null ? key : directory.toRealPath());
    }

    /** Synchronizes on the interned name, which is the same object in all class loaders. */
    private <T> T holdingProcess(String name, Action<T> action) throws IOException {
        synchronized (name.intern()) {
            return holdingFile(directory.resolve(NAME), action);
        }
    }

    private static <T> T holdingFile(Path file, Action<T> action) throws IOException {
        while (true) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
                Object opened = identity(file);
                channel.lock();
                // The file may have been deleted in the meantime, for example by a cleanup job. Other processes then
                // lock a new file.
                if (Objects.equals(opened, identity(file))) {
                    return action.perform();
                }
            }
        }
    }

    /** Returns null on file systems without file keys. */
    private static @Nullable Object identity(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readAttributes(file, BasicFileAttributes.class).fileKey()
                : new Object();
    }
}
