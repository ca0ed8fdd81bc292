package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import io.github.dbleases.tasks.TaskReply;
import io.github.dbleases.tasks.TaskRequest;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is there to be worked on, and what comes of the work: the part of the desk at which the workers are. What the queue
 * is to be told of it goes to the outboxes.
 */
final class Bench<T> {

    private final Stock<T> stock;
    private final AtWork<T> atWork = new AtWork<>();
    private final Outboxes<T> outboxes;
    private boolean trusted;
    private boolean closing;

    Bench(TaskRunnerConfig config, DoubleSupplier random, Outboxes<T> outboxes) {
        this.stock = new Stock<>(config, random);
        this.outboxes = outboxes;
    }

    /** Takes note whether work may begin under the present session. */
    void trust(boolean now) {
        trusted = now;
    }

    /** Drops what has not begun, as its session is over. */
    void drop() {
        stock.takeAll();
        atWork.endDoubts();
    }

    /** Begins no more, and gives back what has not begun. */
    void close() {
        closing = true;
        List<ClaimedTask<T>> rest = stock.takeAll();
        outboxes.session().ifPresent(session -> outboxes.of(session).release(rest));
    }

    /** Gets tasks that the present session has claimed. */
    void add(List<ClaimedTask<T>> claimed) {
        if (closing) {
            outboxes.session().ifPresent(session -> outboxes.of(session).release(claimed));
        } else {
            stock.add(claimed);
        }
    }

    /**
     * Lets tasks that have failed wait for another try. What the session does not hold any more is not tried again: it was
     * completed by a transaction that may have been committed though it threw, or put aside by the request of which this is
     * the repetition; else it is lost, for example because somebody has deleted the row.
     */
    Settled<T> failed(TaskRequest<T> request, TaskReply<T> reply, boolean doneBefore, long now) {
        Set<Object> putAside = idsOf(reply.putAside());
        Set<Object> unheld = idsOf(reply.unheld());
        int completed = 0;
        List<ClaimedTask<T>> lost = new ArrayList<>();
        List<ClaimedTask<T>> asideBefore = new ArrayList<>();
        for (FailedTask<T> failed : request.failed()) {
            ClaimedTask<T> task = failed.claimed();
            boolean committed = (putAside.contains(task.id()) || unheld.contains(task.id())) && atWork.endDoubt(task);
            if (unheld.contains(task.id())) {
                if (committed && trusted) {
                    completed++;
                } else {
                    (doneBefore ? asideBefore : lost).add(task);
                }
            } else if (!putAside.contains(task.id())) {
                tryLater(task, now);
            }
        }
        return new Settled<>(completed, lost, asideBefore);
    }

    private void tryLater(ClaimedTask<T> task, long now) {
        if (closing) {
            add(List.of(task));
        } else {
            stock.tryLater(task, now);
        }
    }

    private static <T> Set<Object> idsOf(List<ClaimedTask<T>> tasks) {
        return tasks.stream().map(ClaimedTask::id).collect(Collectors.toSet());
    }

    /** Takes a batch that is ready to be worked on, or returns null if there is none. */
    @Nullable
    Batch<T> take(long now) {
        if (!trusted || closing) {
            return null;
        }
        Batch<T> batch = stock.take(outboxes.session().getAsLong(), now);
        if (batch != null) {
            atWork.begin(batch);
        }
        return batch;
    }

    /** Takes back a batch whose work was not begun, because its session is not trusted at this moment. */
    void putBack(Batch<T> batch) {
        atWork.end(batch);
        tryAgain(batch);
    }

    /**
     * Takes note of what has come of the work on a batch.
     *
     * @return the tasks whose outcome is known by that
     */
    Settled<T> done(Batch<T> batch, Outcome<T> outcome, long now) {
        atWork.end(batch);
        if (outcome instanceof Outcome.Returned<T> returned) {
            outboxes.of(batch.session()).finish(returned.accomplished());
            rest(batch, returned.accomplished(), returned.rest(), now);
        } else if (outcome instanceof Outcome.Committed<T> committed) {
            rest(batch, committed.accomplished(), committed.rest(), now);
            return Settled.completed(committed.accomplished().size());
        } else if (outcome instanceof Outcome.Thrown<T> thrown) {
            thrown(batch, thrown, now);
        } else if (outcome instanceof Outcome.Lost<T> lost) {
            return lost(batch, lost.lost());
        }
        return Settled.nothing();
    }

    private void rest(Batch<T> batch, List<ClaimedTask<T>> accomplished, List<ClaimedTask<T>> rest, long now) {
        atWork.endDoubts(batch.tasks());
        if (!accomplished.isEmpty()) {
            stock.succeeded();
        }
        rest.forEach(task -> fail(batch, task, new NotAccomplishedException(), now));
    }

    private void thrown(Batch<T> batch, Outcome.Thrown<T> thrown, long now) {
        if (thrown.doubtful() && isPresent(batch)) {
            atWork.doubt(batch.tasks());
        }
        if (closing && isInterrupt(thrown.failure())) {
            tryAgain(batch);
        } else if (batch.size() == 1) {
            fail(batch, batch.tasks().get(0), thrown.failure(), now);
        } else {
            tryAgain(batch.secondHalf());
            tryAgain(batch.firstHalf());
        }
    }

    /** Whoever does input or output may wrap it. */
    private static boolean isInterrupt(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof InterruptedException
                    || cause instanceof InterruptedIOException
                    || cause instanceof ClosedByInterruptException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /**
     * Leaves out what was lost. If an earlier transaction may have been committed though it threw, then it was, provided
     * that nobody else could take the tasks meanwhile: they are completed.
     */
    private Settled<T> lost(Batch<T> batch, List<ClaimedTask<T>> lost) {
        Set<ClaimedTask<T>> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        gone.addAll(lost);
        List<ClaimedTask<T>> rest = new ArrayList<>();
        List<ClaimedTask<T>> missing = new ArrayList<>();
        int completed = 0;
        for (ClaimedTask<T> task : batch.tasks()) {
            if (!gone.contains(task)) {
                rest.add(task);
            } else if (atWork.endDoubt(task) && trusted && isPresent(batch)) {
                completed++;
            } else {
                missing.add(task);
            }
        }
        if (!rest.isEmpty()) {
            tryAgain(new Batch<>(batch.session(), rest));
        }
        return new Settled<>(completed, missing, List.of());
    }

    private void fail(Batch<T> batch, ClaimedTask<T> task, Throwable failure, long now) {
        if (isPresent(batch)) {
            stock.failed(now);
            outboxes.of(batch.session()).fail(task, failure);
        }
    }

    private void tryAgain(Batch<T> batch) {
        if (!isPresent(batch)) {
            return;
        }
        if (closing) {
            outboxes.of(batch.session()).release(batch.tasks());
        } else {
            stock.tryAgain(batch);
        }
    }

    private boolean isPresent(Batch<T> batch) {
        return outboxes.isPresent(batch.session());
    }

    /** Returns all tasks of a session that are in stock or at work. */
    List<ClaimedTask<T>> tasks(long session) {
        List<ClaimedTask<T>> tasks = atWork.tasks(session);
        if (outboxes.isPresent(session)) {
            tasks.addAll(stock.tasks());
        }
        return tasks;
    }

    /** Returns how many tasks count as held: those that wait for another try do not. */
    int held() {
        OptionalLong session = outboxes.session();
        return session.isPresent() ? stock.ready() + atWork.size(session.getAsLong()) : 0;
    }

    /** Returns how many tasks wait for another try. */
    int waiting() {
        return stock.waiting();
    }

    /** Returns how many batches are ready to be worked on. */
    int readyBatches(long now) {
        return trusted && !closing ? stock.readyBatches(now) : 0;
    }

    /** Returns how long until a task that waits is ready, {@code Long.MAX_VALUE} if there is none to wait for. */
    long nanosUntilReady(long now) {
        return trusted ? stock.nanosUntilReady(now) : Long.MAX_VALUE;
    }

    int batchesAtWork() {
        return atWork.batches();
    }

    int tasksAtWork() {
        return atWork.size();
    }
}
