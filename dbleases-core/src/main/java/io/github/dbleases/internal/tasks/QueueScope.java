package io.github.dbleases.internal.tasks;

import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * All runs in this application that work on one queue: runners with overlapping conditions on one table, or a runner that was
 * started again while a task of its former run is still at work. They hold their tasks under one session, so that none of
 * them may give back what it does not know itself.
 */
final class QueueScope {

    private static final ConcurrentHashMap<Object, QueueScope> SCOPES = new ConcurrentHashMap<>();

    private final Set<Run<?>> runs = ConcurrentHashMap.newKeySet();

    /** Shared by claims, until what they claimed is known; exclusive for giving back. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

    private QueueScope() {}

    /** Adds a run to those of its queue. */
    static QueueScope join(Object queue, Run<?> run) {
        return Objects.requireNonNull(SCOPES.compute(queue, (key, present) -> {
            QueueScope scope = present == null ? new QueueScope() : present;
            scope.runs.add(run);
            return scope;
        }));
    }

    /** Removes a run that holds nothing any more. */
    static void leave(Object queue, Run<?> run) {
        SCOPES.computeIfPresent(queue, (key, scope) -> {
            scope.runs.remove(run);
            return scope.runs.isEmpty() ? null : scope;
        });
    }

    void claiming(Runnable claim) {
        lock.readLock().lock();
        try {
            claim.run();
        } finally {
            lock.readLock().unlock();
        }
    }

    void sweeping(Consumer<Collection<Run<?>>> sweep) {
        lock.writeLock().lock();
        try {
            sweep.accept(runs);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
