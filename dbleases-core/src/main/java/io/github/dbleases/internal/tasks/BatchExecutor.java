package io.github.dbleases.internal.tasks;

import io.github.dbleases.BatchFailedException;
import io.github.dbleases.TaskRunnerListener.Activity;
import io.github.dbleases.Tasker;
import io.github.dbleases.internal.tasks.BatchOutcome.Failed;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskTransactions;
import io.github.dbleases.spi.tasks.TaskWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls the tasker with batches, in a transaction if the runner is transactional, and finds out the outcome of each task.
 * Whatever is thrown is part of the outcome.
 */
final class BatchExecutor<T> {

    private final TaskChannel<T> channel;
    private final Tasker<T> tasker;
    private final @Nullable TaskTransactions transactions;
    private final RunnerReporter<T> reporter;

    BatchExecutor(TaskWork<T> work, RunnerReporter<T> reporter) {
        this.channel = work.channel();
        this.tasker = work.tasker();
        this.transactions = work.transactions();
        this.reporter = reporter;
    }

    /** Rolls back a transaction whose tasks the session no longer holds. */
    private static final class LostTasksException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LostTasksException() {
            super(
                    "Another session has taken some of the tasks, so the transaction is rolled back.",
                    null,
                    false,
                    false);
        }
    }

    /** The tasker did not return a task. Users see the message only: neither a stack trace nor the name of this class helps. */
    @SuppressWarnings("OverrideThrowableToString")
    private static final class NotAccomplishedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NotAccomplishedException() {
            super("The tasker did not return the task as accomplished.", null, false, false);
        }

        @Override
        public String toString() {
            return String.valueOf(getMessage());
        }
    }

    /** The tasker threw at one of several tasks that it gets one by one. */
    private static final class SingleFailure extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient int index;

        SingleFailure(int index, Throwable cause) {
            super(null, cause, false, false);
            this.index = index;
        }
    }

    /**
     * Performs a batch.
     *
     * @param nextBegins is called when the tasker begins another task of the batch
     */
    BatchOutcome<T> perform(Batch<T> batch, Runnable nextBegins) {
        List<T> tasks = ClaimedTask.tasksOf(batch.tasks());
        try (Activity activity = reporter.batch(batch.session(), tasks)) {
            BatchOutcome<T> outcome = transactions == null
                    ? attempt(batch, tasks, nextBegins)
                    : inTransaction(batch, tasks, nextBegins, transactions);
            if (outcome.thrown() != null) {
                activity.failed(outcome.thrown());
            } else if (!outcome.lost().isEmpty()) {
                activity.failed(new LostTasksException());
            } else {
                activity.succeeded(outcome.accomplished().size());
            }
            return outcome;
        } finally {
            // An interrupt of the tasker must not interrupt the runner.
            boolean unused = Thread.interrupted();
        }
    }

    private BatchOutcome<T> attempt(Batch<T> batch, List<T> tasks, Runnable nextBegins) {
        try {
            ReturnedTasks<T> returned = call(batch, tasks, nextBegins);
            return BatchOutcome.returned(returned.accomplished(), false, notReturned(returned), List.of());
        } catch (SingleFailure failure) {
            // Tasks before the failed one are done; those after it have not begun.
            if (batch.size() == 1) {
                return BatchOutcome.thrown(batch, causeOf(failure), false);
            }
            return BatchOutcome.returned(
                    batch.tasks().subList(0, failure.index),
                    false,
                    List.of(new Failed<>(batch.tasks().get(failure.index), causeOf(failure))),
                    batch.tasks().subList(failure.index + 1, batch.size()));
        } catch (BatchFailedException failure) {
            return named(batch, failure, false);
        } catch (Throwable failure) {
            return thrown(batch, tasks, failure, false);
        }
    }

    private BatchOutcome<T> inTransaction(
            Batch<T> batch, List<T> tasks, Runnable nextBegins, TaskTransactions transaction) {
        Progress<T> progress = new Progress<>();
        try {
            ReturnedTasks<T> returned = transaction.call(() -> {
                ReturnedTasks<T> performed = call(batch, tasks, nextBegins);
                if (!performed.accomplished().isEmpty()) {
                    progress.lost = channel.finish(batch.session(), performed.accomplished());
                }
                if (!progress.lost.isEmpty()) {
                    throw new LostTasksException();
                }
                progress.finished = true;
                return performed;
            });
            return BatchOutcome.returned(returned.accomplished(), true, notReturned(returned), List.of());
        } catch (SingleFailure failure) {
            List<ClaimedTask<T>> others = new ArrayList<>(batch.tasks());
            ClaimedTask<T> failed = others.remove(failure.index);
            return BatchOutcome.returned(List.of(), false, List.of(new Failed<>(failed, causeOf(failure))), others);
        } catch (BatchFailedException failure) {
            return named(batch, failure, true);
        } catch (Throwable failure) {
            if (!progress.lost.isEmpty()) {
                List<ClaimedTask<T>> rest = new ArrayList<>(batch.tasks());
                rest.removeAll(progress.lost);
                return BatchOutcome.lost(progress.lost, rest);
            }
            return thrown(batch, tasks, failure, progress.finished);
        }
    }

    private ReturnedTasks<T> call(Batch<T> batch, List<T> tasks, Runnable nextBegins) throws Exception {
        if (!tasker.oneByOne()) {
            ReturnedTasks<T> returned = ReturnedTasks.of(batch.tasks(), tasker.perform(tasks));
            returned.problem().ifPresent(problem -> reporter.taskerFailed(tasks, new IllegalStateException(problem)));
            return returned;
        }
        for (int i = 0; i < tasks.size(); i++) {
            if (i > 0) {
                nextBegins.run();
            }
            try {
                tasker.perform(List.of(tasks.get(i)));
            } catch (Throwable failure) {
                throw new SingleFailure(i, failure);
            }
        }
        return new ReturnedTasks<>(batch.tasks(), List.of(), Optional.empty());
    }

    private static Throwable causeOf(SingleFailure failure) {
        return Objects.requireNonNull(failure.getCause());
    }

    private static <T> List<Failed<T>> notReturned(ReturnedTasks<T> returned) {
        List<Failed<T>> failed = new ArrayList<>();
        returned.rest().forEach(task -> failed.add(new Failed<>(task, new NotAccomplishedException())));
        return failed;
    }

    /** The tasker named the tasks that succeeded and those that failed. The others have not begun. */
    private BatchOutcome<T> named(Batch<T> batch, BatchFailedException failure, boolean rolledBack) {
        List<Failed<T>> failed = new ArrayList<>();
        List<ClaimedTask<T>> others = new ArrayList<>();
        for (ClaimedTask<T> task : batch.tasks()) {
            Throwable cause = task.task() == null ? null : failure.causeOf(task.task());
            if (cause == null) {
                others.add(task);
            } else {
                failed.add(new Failed<>(task, cause));
            }
        }
        ReturnedTasks<T> returned = ReturnedTasks.of(others, failure.accomplished());
        if (failed.isEmpty() && (rolledBack || returned.accomplished().isEmpty())) {
            // Nothing was named that would help.
            return thrown(batch, ClaimedTask.tasksOf(batch.tasks()), failure, false);
        }
        return rolledBack
                ? BatchOutcome.returned(List.of(), false, failed, others)
                : BatchOutcome.returned(returned.accomplished(), false, failed, returned.rest());
    }

    private BatchOutcome<T> thrown(Batch<T> batch, List<T> tasks, Throwable failure, boolean maybeFinished) {
        if (batch.size() > 1) {
            reporter.taskerFailed(tasks, failure);
        }
        return BatchOutcome.thrown(batch, failure, maybeFinished);
    }

    /** How far a transaction got. */
    private static final class Progress<T> {
        private List<ClaimedTask<T>> lost = List.of();
        private boolean finished;
    }
}
