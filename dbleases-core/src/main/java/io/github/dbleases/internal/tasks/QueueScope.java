package io.github.dbleases.internal.tasks;

import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * All runs of this application on one queue: runners with overlapping conditions on one table, or a runner that was started
 * again while its former run still has a task in flight. They hold their tasks under one session, so none of them may
 * release a task only because it doesn't know it.
 */
final class QueueScope {

    private static final ConcurrentHashMap<Object, QueueScope> SCOPES = new ConcurrentHashMap<>();

    private final Set<Run<?>> runs = ConcurrentHashMap.newKeySet();

    /** Shared by claims until their tasks are known; exclusive for sweeps. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

    private QueueScope() {}

    /** Adds a run to the others on its queue. */
    static QueueScope join(Object queue, Run<?> run) {
        return Objects.requireNonNull(SCOPES.compute(queue, (key, present) -> {
            QueueScope scope = present == null ? new QueueScope() : present;
            scope.runs.add(run);
            return scope;
        }));
    }

    /** Removes a run that no longer holds tasks. */
    static void leave(Object queue, Run<?> run) {
        SCOPES.computeIfPresent(queue, (key, scope) -> {
            scope.runs.remove(run);
            return scope.runs.isEmpty() ? null : scope;
        });
    }

    /** Claims tasks while no sweep is running. */
    void claim(Runnable claim) {
        lock.readLock().lock();
        try {
            claim.run();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Sweeps the queue while no claim is running. */
    void sweep(Consumer<Collection<Run<?>>> sweep) {
        lock.writeLock().lock();
        try {
            sweep.accept(runs);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
