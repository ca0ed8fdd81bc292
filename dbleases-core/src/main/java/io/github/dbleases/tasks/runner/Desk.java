package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import io.github.dbleases.tasks.TaskReply;
import io.github.dbleases.tasks.TaskRequest;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a runner holds and where it is: ready to be worked on, at work, waiting for another try, or to be told to the queue.
 * Has no threads and no clock; whoever calls it sees to it that no two do at once.
 */
final class Desk<T> {

    /** Beyond that many tasks that wait for another try, or tasks-per-session if that is more, nothing is claimed. */
    private static final int MOST_WAITING = 1_000;

    private final TaskRunnerConfig config;
    private final Deque<ClaimedTask<T>> fresh = new ArrayDeque<>();
    private final Deque<Batch<T>> again = new ArrayDeque<>();
    private final Retries<T> retries;
    private final Set<Batch<T>> atWork = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<ClaimedTask<T>> doubtful = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Claims claims;
    private final Sweeps sweeps = new Sweeps();
    private final Outboxes<T> outboxes;

    private boolean trusted;
    private boolean closing;
    private boolean followsAnother;
    private int inAgain;
    private int heldAtWork;

    Desk(TaskRunnerConfig config, DoubleSupplier random, long now) {
        this.config = config;
        this.retries = new Retries<>(config.retry(), random);
        this.claims = new Claims(config.tasksPerSession(), config.interval(), random, now);
        this.outboxes = new Outboxes<>(config.interval(), random, now);
    }

    /**
     * Takes note of the session under which tasks may be held now. When it is another one than before, what has not begun
     * is dropped: others may have taken it.
     */
    void observe(OptionalLong session, long now) {
        trusted = session.isPresent();
        if (trusted && !outboxes.isPresent(session.getAsLong())) {
            outboxes.open(session.getAsLong());
            fresh.clear();
            again.clear();
            retries.takeAll();
            doubtful.clear();
            inAgain = 0;
            heldAtWork = 0;
            sweeps.clear();
            if (followsAnother) {
                sweeps.doubt();
            }
            claims.wake(now);
        }
    }

    /** The session may hold what a desk before this one could not give back. */
    void follow() {
        followsAnother = true;
    }

    /** Makes a claim due now, also if one is under way. */
    void wake(long now) {
        claims.wake(now);
    }

    /** Takes a batch that is ready to be worked on, or returns null if there is none. */
    @Nullable
    Batch<T> take(long now) {
        if (!trusted || closing) {
            return null;
        }
        Batch<T> batch = again.poll();
        if (batch != null) {
            inAgain -= batch.size();
        } else {
            List<ClaimedTask<T>> tasks = retries.take(config.batchSize(), now);
            while (tasks.size() < config.batchSize() && !fresh.isEmpty()) {
                tasks.add(fresh.remove());
            }
            if (tasks.isEmpty()) {
                return null;
            }
            batch = new Batch<>(outboxes.session().getAsLong(), tasks);
        }
        atWork.add(batch);
        heldAtWork += batch.size();
        return batch;
    }

    /** Takes back a batch whose work was not begun, because its session is not trusted at this moment. */
    void putBack(Batch<T> batch) {
        end(batch);
        tryAgain(batch);
    }

    /**
     * Takes note of what has come of the work on a batch.
     *
     * @return the tasks whose outcome is known by that
     */
    Settled<T> done(Batch<T> batch, Outcome<T> outcome, long now) {
        end(batch);
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
        if (!doubtful.isEmpty()) {
            batch.tasks().forEach(doubtful::remove);
        }
        if (!accomplished.isEmpty()) {
            retries.succeeded();
        }
        rest.forEach(task -> fail(batch, task, new NotAccomplishedException(), now));
    }

    private void thrown(Batch<T> batch, Outcome.Thrown<T> thrown, long now) {
        if (thrown.doubtful() && isPresent(batch)) {
            doubtful.addAll(batch.tasks());
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
            } else if (doubtful.remove(task) && trusted && isPresent(batch)) {
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
            retries.failed(now);
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
            again.addFirst(batch);
            inAgain += batch.size();
        }
    }

    private void end(Batch<T> batch) {
        atWork.remove(batch);
        if (isPresent(batch)) {
            heldAtWork -= batch.size();
        }
    }

    private boolean isPresent(Batch<T> batch) {
        return outboxes.isPresent(batch.session());
    }

    /** Returns the session of which a claim may have been made without its answer, if that is to be put right now. */
    OptionalLong toSweep(long now) {
        boolean due = sweeps.isUrgent()
                ? (mayClaim() && nanosUntilClaim(now) <= 0) || (isToSweepAtTheEnd() && outboxes.pauseLeft(now) <= 0)
                : mayClaim() && Math.max(outboxes.pauseLeft(now), sweeps.nanosUntilLater(now)) <= 0;
        return due ? outboxes.session() : OptionalLong.empty();
    }

    /** The client goes on, and with it the session: nobody else would give back what it holds. */
    private boolean isToSweepAtTheEnd() {
        return closing && trusted && sweeps.isUrgent();
    }

    /** Takes note that everything but what is known was given back. */
    void swept(long session, long now) {
        outboxes.works(now);
        if (outboxes.isPresent(session)) {
            sweeps.swept(now);
        }
    }

    /** Returns all tasks that the present session holds. */
    Collection<ClaimedTask<T>> known() {
        List<ClaimedTask<T>> known = new ArrayList<>(fresh);
        again.forEach(batch -> known.addAll(batch.tasks()));
        atWork.stream().filter(this::isPresent).forEach(batch -> known.addAll(batch.tasks()));
        known.addAll(retries.all());
        known.addAll(outboxes.presentTasks());
        return known;
    }

    /** Returns what is to be asked of the queue now. No other request is under way. */
    Optional<Errand<T>> next(int sessions, long now) {
        return outboxes.next(() -> claim(sessions, now), now);
    }

    private Optional<TaskClaim> claim(int sessions, long now) {
        return mayClaim() && !sweeps.isUrgent()
                ? claims.next(outboxes.session().getAsLong(), sessions, held(), now)
                : Optional.empty();
    }

    private boolean mayClaim() {
        return trusted && !closing && waiting() < Math.max(MOST_WAITING, config.tasksPerSession());
    }

    /**
     * Takes note of the answer to a request.
     *
     * @return the tasks whose outcome is known by that
     */
    Settled<T> answered(Errand<T> errand, TaskReply<T> reply, long now) {
        outboxes.answered(errand, now);
        TaskRequest<T> request = errand.request();
        request.claim()
                .ifPresent(claim -> claims.answered(claim, reply.claimed().size(), now));
        boolean held = outboxes.isPresent(request.session());
        if (held && closing) {
            outboxes.of(request.session()).release(reply.claimed());
        } else if (held) {
            fresh.addAll(reply.claimed());
        }
        int done = request.finished().size() - reply.lost().size();
        boolean doneBefore = errand.repeated() && held && trusted;
        Settled<T> settled = doneBefore
                ? new Settled<>(done + reply.lost().size(), List.of(), reply.putAside())
                : new Settled<>(done, reply.lost(), reply.putAside());
        return request.failed().isEmpty() || !held ? settled : settled.and(failed(request, reply, doneBefore, now));
    }

    /**
     * Lets tasks that have failed wait for another try. What the session does not hold any more is not tried again: it was
     * completed by a transaction that may have been committed though it threw, or put aside by the request of which this is
     * the repetition; else it is lost, for example because somebody has deleted the row.
     */
    private Settled<T> failed(TaskRequest<T> request, TaskReply<T> reply, boolean doneBefore, long now) {
        Set<Object> putAside = idsOf(reply.putAside());
        Set<Object> unheld = idsOf(reply.unheld());
        int completed = 0;
        List<ClaimedTask<T>> lost = new ArrayList<>();
        List<ClaimedTask<T>> asideBefore = new ArrayList<>();
        for (FailedTask<T> failed : request.failed()) {
            Object id = failed.claimed().id();
            boolean committed = (putAside.contains(id) || unheld.contains(id)) && doubtful.remove(failed.claimed());
            if (unheld.contains(id)) {
                if (committed && trusted) {
                    completed++;
                } else {
                    (doneBefore ? asideBefore : lost).add(failed.claimed());
                }
            } else if (!putAside.contains(id)) {
                await(failed.claimed(), now);
            }
        }
        return new Settled<>(completed, lost, asideBefore);
    }

    private void await(ClaimedTask<T> task, long now) {
        if (closing) {
            outboxes.of(outboxes.session().getAsLong()).release(List.of(task));
        } else {
            retries.add(task, now);
        }
    }

    private static <T> Set<Object> idsOf(List<ClaimedTask<T>> tasks) {
        return tasks.stream().map(ClaimedTask::id).collect(Collectors.toSet());
    }

    /** Takes note that a request was not answered. */
    void unanswered(Errand<T> errand, long now) {
        TaskRequest<T> request = errand.request();
        outboxes.unanswered(errand, closing, now);
        if (request.claim().isPresent() && outboxes.isPresent(request.session())) {
            sweeps.doubt();
        }
    }

    /** Takes note that the queue could not be used. */
    void failed(long now) {
        outboxes.failed(closing, now);
    }

    /** Begins no more, and gives back what has not begun. */
    void close(long now) {
        closing = true;
        outboxes.hurry(now);
        outboxes.session().ifPresent(session -> {
            Outbox<T> outbox = outboxes.of(session);
            outbox.release(fresh);
            again.forEach(batch -> outbox.release(batch.tasks()));
            outbox.release(retries.takeAll());
        });
        fresh.clear();
        again.clear();
        inAgain = 0;
    }

    boolean isClosing() {
        return closing;
    }

    /** Returns whether there is nothing at work and nothing that the queue has not been told. */
    boolean isEmpty() {
        return atWork.isEmpty() && !outboxes.hasToTell() && !isToSweepAtTheEnd();
    }

    /** Forgets what the queue has not been told, and returns how many tasks that concerns. */
    int abandon() {
        sweeps.clear();
        return outboxes.abandon();
    }

    /** Returns how long until the queue is to be asked, or a task that waits is ready. */
    long nanosUntilDue(long now) {
        long untilAsked = outboxes.nanosUntilTold(now);
        if (mayClaim()) {
            untilAsked = Math.min(untilAsked, nanosUntilClaim(now));
            untilAsked = Math.min(untilAsked, Math.max(outboxes.pauseLeft(now), sweeps.nanosUntilLater(now)));
        } else if (isToSweepAtTheEnd()) {
            untilAsked = Math.min(untilAsked, outboxes.pauseLeft(now));
        }
        long untilReady = trusted ? retries.nanosUntilDue(now) : Long.MAX_VALUE;
        return Math.min(untilAsked, untilReady > 0 ? untilReady : Long.MAX_VALUE);
    }

    private long nanosUntilClaim(long now) {
        return Math.max(outboxes.pauseLeft(now), claims.nanosUntilDue(held(), now));
    }

    /** Returns whether the queue is not being told anything at this moment, because it could not be. */
    boolean isStuck(long now) {
        return outboxes.isStuck(now) || (isToSweepAtTheEnd() && outboxes.pauseLeft(now) > 0);
    }

    long pauseNanosLeft(long now) {
        return outboxes.pauseLeft(now);
    }

    /** Returns how many batches are ready to be worked on. */
    int readyBatches(long now) {
        if (!trusted || closing) {
            return 0;
        }
        int due = retries.nanosUntilDue(now) <= 0 ? 1 : 0;
        return again.size() + due + (fresh.size() + config.batchSize() - 1) / config.batchSize();
    }

    int batchesAtWork() {
        return atWork.size();
    }

    int tasksAtWork() {
        return atWork.stream().mapToInt(Batch::size).sum();
    }

    /** Returns how many tasks count as held: those that wait for another try do not. */
    int held() {
        return fresh.size() + inAgain + heldAtWork;
    }

    /** Returns how many tasks have failed and are to be tried again. */
    int waiting() {
        return retries.size() + outboxes.failures();
    }
}
