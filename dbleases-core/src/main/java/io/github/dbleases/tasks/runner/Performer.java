package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskRunnerListener.Activity;
import io.github.dbleases.Tasker;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.TaskLine;
import io.github.dbleases.tasks.TaskTransactions;
import io.github.dbleases.tasks.TaskWork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands batches to the tasker, in a transaction if there is to be one. Nothing that is thrown gets out of it. */
final class Performer<T> {

    private final TaskLine<T> line;
    private final Tasker<T> tasker;
    private final @Nullable TaskTransactions transactions;
    private final Reports<T> reports;

    Performer(TaskWork<T> work, Reports<T> reports) {
        this.line = work.line();
        this.tasker = work.tasker();
        this.transactions = work.transactions();
        this.reports = reports;
    }

    Outcome<T> perform(Batch<T> batch) {
        List<T> tasks = ClaimedTask.tasksOf(batch.tasks());
        try (Activity activity = reports.batch(batch.session(), tasks)) {
            Outcome<T> outcome =
                    transactions == null ? attempt(batch, tasks) : inTransaction(batch, tasks, transactions);
            if (outcome instanceof Outcome.Thrown<T> thrown) {
                activity.failed(thrown.failure());
                reports.taskerFailed(thrown.failure());
            } else if (outcome instanceof Outcome.Lost<T>) {
                activity.failed(new LostTasksException());
            } else {
                int accomplished = accomplished(outcome);
                activity.succeeded(accomplished);
                if (accomplished > 0) {
                    reports.taskerWorks();
                } else {
                    reports.accomplishedNone(tasks.size());
                }
            }
            return outcome;
        } finally {
            // What interrupted the tasker is not to interrupt the runner.
            boolean unused = Thread.interrupted();
        }
    }

    private static int accomplished(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Returned<?> returned) {
            return returned.accomplished().size();
        }
        return outcome instanceof Outcome.Committed<?> committed
                ? committed.accomplished().size()
                : 0;
    }

    private Outcome<T> attempt(Batch<T> batch, List<T> tasks) {
        try {
            Matching<T> matching = match(batch, tasks);
            return new Outcome.Returned<>(matching.accomplished(), matching.rest());
        } catch (Throwable failure) {
            return new Outcome.Thrown<>(failure, false);
        }
    }

    private Outcome<T> inTransaction(Batch<T> batch, List<T> tasks, TaskTransactions transactions) {
        Progress<T> progress = new Progress<>();
        try {
            Matching<T> matching = transactions.call(() -> {
                Matching<T> matched = match(batch, tasks);
                if (!matched.accomplished().isEmpty()) {
                    progress.lost = line.finish(batch.session(), matched.accomplished());
                }
                if (!progress.lost.isEmpty()) {
                    throw new LostTasksException();
                }
                progress.finished = true;
                return matched;
            });
            return new Outcome.Committed<>(matching.accomplished(), matching.rest());
        } catch (Throwable failure) {
            return progress.lost.isEmpty()
                    ? new Outcome.Thrown<>(failure, progress.finished)
                    : new Outcome.Lost<>(progress.lost);
        }
    }

    private Matching<T> match(Batch<T> batch, List<T> tasks) throws Exception {
        List<T> returned = tasker.perform(tasks);
        Matching<T> matching = Matching.of(batch.tasks(), returned);
        matching.complaint().ifPresent(complaint -> reports.taskerFailed(new IllegalStateException(complaint)));
        return matching;
    }

    /** How far a transaction has come. */
    private static final class Progress<T> {
        private List<ClaimedTask<T>> lost = List.of();
        private boolean finished;
    }
}
