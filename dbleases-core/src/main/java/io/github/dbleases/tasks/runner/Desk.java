package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskSession.Place;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.TaskReply;
import io.github.dbleases.tasks.TaskRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a runner holds and where it is: on the bench, to be worked on, or in the outboxes, to be told to the queue; and when
 * the queue is to be asked for what. Has no threads and no clock; whoever calls it sees to it that no two do at once.
 */
final class Desk<T> {

    /** Beyond that many tasks that wait for another try, or tasks-per-session if that is more, nothing is claimed. */
    private static final int MOST_WAITING = 1_000;

    private final TaskRunnerConfig config;
    private final Bench<T> bench;
    private final Claims claims;
    private final Sweeps sweeps = new Sweeps();
    private final Outboxes<T> outboxes;

    private boolean trusted;
    private boolean closing;
    private boolean followsAnother;

    Desk(TaskRunnerConfig config, DoubleSupplier random, long now) {
        this.config = config;
        this.claims = new Claims(config.tasksPerSession(), config.interval(), random, now);
        this.outboxes = new Outboxes<>(config.interval(), random, now);
        this.bench = new Bench<>(config, random, outboxes);
    }

    /**
     * Takes note of the session under which tasks may be held now. When it is another one than before, what has not begun
     * is dropped: others may have taken it.
     */
    void observe(OptionalLong session, long now) {
        trusted = session.isPresent();
        bench.trust(trusted);
        if (trusted && !outboxes.isPresent(session.getAsLong())) {
            outboxes.open(session.getAsLong());
            bench.drop();
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
        return bench.take(now);
    }

    /** Takes back a batch whose work was not begun, because its session is not trusted at this moment. */
    void putBack(Batch<T> batch) {
        bench.putBack(batch);
    }

    /**
     * Takes note of what has come of the work on a batch.
     *
     * @return the tasks whose outcome is known by that
     */
    Settled<T> done(Batch<T> batch, Outcome<T> outcome, long now) {
        return bench.done(batch, outcome, now);
    }

    /** Returns the session of which all that is not known is to be given back now, empty if of none. */
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

    /** Returns all tasks that the present session is known to hold. */
    List<ClaimedTask<T>> known() {
        OptionalLong session = outboxes.session();
        if (session.isEmpty()) {
            return List.of();
        }
        List<ClaimedTask<T>> known = bench.tasks(session.getAsLong());
        known.addAll(outboxes.of(session.getAsLong()).tasks());
        return known;
    }

    /** Returns what is to be asked of the queue now. No other request is under way. */
    Optional<Errand<T>> next(Place place, long now) {
        return outboxes.next(() -> claim(place, now), now);
    }

    private Optional<TaskClaim> claim(Place place, long now) {
        return mayClaim() && !sweeps.isUrgent()
                ? claims.next(outboxes.session().getAsLong(), place, held(), now)
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
        if (held) {
            bench.add(reply.claimed());
        }
        int done = request.finished().size() - reply.lost().size();
        boolean doneBefore = errand.repeated() && held && trusted;
        Settled<T> settled = doneBefore
                ? new Settled<>(done + reply.lost().size(), List.of(), reply.putAside())
                : new Settled<>(done, reply.lost(), reply.putAside());
        return request.failed().isEmpty() || !held
                ? settled
                : settled.and(bench.failed(request, reply, doneBefore, now));
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
        bench.close();
    }

    boolean isClosing() {
        return closing;
    }

    /** Returns whether there is nothing at work and nothing that the queue has not been told. */
    boolean isEmpty() {
        return bench.batchesAtWork() == 0 && !outboxes.hasToTell() && !isToSweepAtTheEnd();
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
        return Math.min(untilAsked, bench.nanosUntilReady(now));
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
        return bench.readyBatches(now);
    }

    int batchesAtWork() {
        return bench.batchesAtWork();
    }

    int tasksAtWork() {
        return bench.tasksAtWork();
    }

    /** Returns how many tasks count as held: those that wait for another try do not. */
    int held() {
        return bench.held();
    }

    /** Returns how many tasks have failed and are to be tried again. */
    int waiting() {
        return bench.waiting() + outboxes.failures();
    }
}
