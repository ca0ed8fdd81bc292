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
 * The lock of a directory: one file, which the operating system unlocks when a process ends, however it ends. It locks
 * processes from each other, so the threads of this one lock each other out before: also those of another class loader,
 * since a process that closes the file loses the lock on many systems, whichever of its threads has it.
 */
final class DirectoryLock {

    private static final String NAME = "leases.lock";

    /** One for each directory that this class loader ever used. */
    private static final Map<String, ReentrantLock> WITHIN_CLASS_LOADER = new ConcurrentHashMap<>();

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
            throw new InterruptedIOException("interrupted while it waited for the lock of " + directory);
        }
    }

    /** Returns the same for all paths to the directory. */
    private String name() throws IOException {
        Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        return "io.github.dbleases lock of " + (key != null ? key : directory.toRealPath());
    }

    /** A string that is interned is one object for all class loaders. */
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
                // The file may have been deleted in the meantime, for example by a cleanup job. Others then lock a new
                // one.
                if (Objects.equals(opened, identity(file))) {
                    return action.perform();
                }
            }
        }
    }

    /** Returns null where files have none. */
    private static @Nullable Object identity(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readAttributes(file, BasicFileAttributes.class).fileKey()
                : new Object();
    }
}
