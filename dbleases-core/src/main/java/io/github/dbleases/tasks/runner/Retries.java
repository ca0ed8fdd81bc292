package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.tasks.ClaimedTask;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.DoubleSupplier;

/**
 * Tasks that have failed and wait for another try. Failures within one delay count as one, so that a large batch that fails
 * does not make the delay the longest at once.
 */
final class Retries<T> {

    private final long firstDelay;
    private final long longestDelay;
    private final DoubleSupplier random;
    private final PriorityQueue<Waiting<T>> waiting =
            new PriorityQueue<>((one, other) -> Long.signum(one.dueNanos - other.dueNanos));
    private long delay;
    private long grownAt;

    Retries(TaskRunnerConfig.Retry config, DoubleSupplier random) {
        this.firstDelay = config.first().toNanos();
        this.longestDelay = config.longest().toNanos();
        this.random = random;
    }

    /** Takes note that work has failed. */
    void failed(long now) {
        if (delay == 0) {
            delay = firstDelay;
            grownAt = now;
        } else if (now - grownAt >= delay) {
            delay = Math.min(longestDelay, 2 * delay);
            grownAt = now;
        }
    }

    /** Takes note that work has succeeded: the next failure is the first one again. */
    void succeeded() {
        delay = 0;
    }

    /** Lets a task wait for another try. */
    void add(ClaimedTask<T> task, long now) {
        waiting.add(new Waiting<>(now + Jitter.of(delay == 0 ? firstDelay : delay, random), task));
    }

    /** Takes tasks whose time has come. */
    List<ClaimedTask<T>> take(int atMost, long now) {
        List<ClaimedTask<T>> due = new ArrayList<>();
        while (due.size() < atMost && nanosUntilDue(now) <= 0) {
            due.add(waiting.remove().task);
        }
        return due;
    }

    void clear() {
        waiting.clear();
    }

    List<ClaimedTask<T>> all() {
        return waiting.stream().map(Waiting::task).toList();
    }

    int size() {
        return waiting.size();
    }

    /** Returns how long until the first of them is due, {@code Long.MAX_VALUE} if there is none. */
    long nanosUntilDue(long now) {
        Waiting<T> first = waiting.peek();
        return first == null ? Long.MAX_VALUE : first.dueNanos - now;
    }

    private record Waiting<T>(long dueNanos, ClaimedTask<T> task) {}
}
