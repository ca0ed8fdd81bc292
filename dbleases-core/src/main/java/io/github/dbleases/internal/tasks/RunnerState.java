package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.TaskGivenUpException;
import io.github.dbleases.TaskPostponedException;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskTimeoutException;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskReply.Unmapped;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a runner holds, and what comes next. It has no threads and no clock; whoever calls it makes sure that no two calls
 * happen at once. The package doc tells the life of a task.
 *
 * <pre>
 *   ready        claimed, not begun: fresh tasks, retries, and tasks of a batch that threw, to be tried alone
 *   at work      handed to the tasker
 *   reports      accomplished, failed or given back, and not told to the queue yet
 *   unconfirmed  told to the queue, which refused it or did not answer: told again, refused ones in ever smaller parts
 * </pre>
 */
final class RunnerState<T> {

    /** Longer than that nothing lies ready while all threads are busy: others may have idle ones. */
    private static final long LONGEST_READY = Duration.ofSeconds(10).toNanos();

    /** What may be stuck in the database after a reply was lost is given back at once, and so long after that. */
    private static final long[] LATER_SWEEPS = {
        Duration.ofMinutes(1).toNanos(), Duration.ofMinutes(10).toNanos()
    };

    /** So many refusals in a row concern the queue rather than single tasks. */
    private static final int MANY_REFUSALS = 16;

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** While the runner is being stopped, which has an end. */
    private static final long HASTE = Duration.ofMillis(100).toNanos();

    private final TaskRunnerConfig config;
    private final int batchSize;
    private final ClaimSchedule schedule;
    private final Backoff retryDelay;
    private final Backoff queueDelay;
    private final CircuitBreaker finishing;
    private final FailureMemory memory = new FailureMemory();
    private final boolean remembers;

    private OptionalLong session = OptionalLong.empty();
    private boolean trusted;
    private boolean closing;
    private boolean followsAnother;

    private final Deque<Ready<T>> fresh = new ArrayDeque<>();
    private final Deque<Ready<T>> retries = new ArrayDeque<>();
    private final Deque<Ready<T>> alone = new ArrayDeque<>();
    private final Set<Batch<T>> atWork = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Object> doubtful = new HashSet<>();

    private final Map<Long, Reports<T>> reports = new LinkedHashMap<>();
    private final Deque<Message<T>> unconfirmed = new ArrayDeque<>();
    private @Nullable Message<T> underWay;
    private int pauses;
    private long pauseUntil;
    private int refusals;

    private boolean sweepNow;
    private int laterSweep = LATER_SWEEPS.length;
    private long laterSweepAt;

    private long begunRetries;

    /**
     * Begins with nothing.
     *
     * @param batchSize how many tasks a call of the tasker gets at most
     * @param remembers whether to remember failures, as the queue does not keep them
     */
    RunnerState(TaskRunnerConfig config, int batchSize, boolean remembers, DoubleSupplier random, long now) {
        this.config = config;
        this.batchSize = batchSize;
        this.remembers = remembers;
        this.schedule = new ClaimSchedule(config, batchSize, random, now);
        this.retryDelay = new Backoff(config.retryDelay(), config.maxRetryDelay(), random);
        Duration interval = config.interval().compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : config.interval();
        this.queueDelay = new Backoff(interval, LONGEST_PAUSE, random);
        this.finishing = new CircuitBreaker(1, Duration.ZERO, retryDelay);
        this.pauseUntil = now;
    }

    /** A task that has not begun. */
    private record Ready<T>(ClaimedTask<T> task, long since) {}

    /** What the queue has not been told yet of one session. */
    private static final class Reports<T> {
        private List<ClaimedTask<T>> finished = new ArrayList<>();
        private List<TaskRequest.Failed<T>> failed = new ArrayList<>();
        private List<ClaimedTask<T>> released = new ArrayList<>();

        boolean isEmpty() {
            return finished.isEmpty() && failed.isEmpty() && released.isEmpty();
        }

        int size() {
            return finished.size() + failed.size() + released.size();
        }
    }

    /**
     * A request to the queue.
     *
     * @param tries how often it was sent before
     * @param maybeDone whether it may have had its effect then
     * @param unanswered whether that is because the queue did not answer
     * @param notBefore when to send it
     */
    record Message<T>(TaskRequest<T> request, int tries, boolean maybeDone, boolean unanswered, long notBefore) {

        boolean isRepeated() {
            return tries > 0;
        }
    }

    // ---- The session

    /**
     * Records under which session tasks may be held now. When it is another one than before, what has not begun is dropped:
     * others may have taken it. What is at work is finished under the session under which it was claimed.
     */
    void observe(OptionalLong now, long nanos) {
        trusted = now.isPresent();
        if (trusted && !now.equals(session)) {
            session = now;
            fresh.clear();
            retries.clear();
            alone.clear();
            doubtful.clear();
            sweepNow = followsAnother;
            laterSweep = followsAnother ? 0 : LATER_SWEEPS.length;
            schedule.wake(nanos);
        }
    }

    /** The session may hold what a run before this one could not give back. */
    void follow() {
        followsAnother = true;
    }

    private boolean isPresent(long id) {
        return session.isPresent() && session.getAsLong() == id;
    }

    // ---- Work

    /** Takes a batch that is ready to be worked on, or returns null if there is none. */
    @Nullable
    Batch<T> take(long now) {
        if (!trusted || closing) {
            return null;
        }
        boolean retry = !alone.isEmpty() || !retries.isEmpty();
        Batch<T> batch = null;
        if (retry && (fresh.isEmpty() || schedule.mayRetry())) {
            batch = alone.isEmpty() ? batch(retries, batchSize, true, now) : batch(alone, 1, true, now);
        } else if (!fresh.isEmpty()) {
            batch = batch(fresh, batchSize, false, now);
        }
        if (batch != null) {
            atWork.add(batch);
            schedule.began(batch.size());
            begunRetries += batch.isRetries() ? batch.size() : 0;
        }
        return batch;
    }

    private Batch<T> batch(Deque<Ready<T>> from, int atMost, boolean retry, long now) {
        List<ClaimedTask<T>> tasks = new ArrayList<>(Math.min(atMost, from.size()));
        while (tasks.size() < atMost && !from.isEmpty()) {
            tasks.add(from.remove().task());
        }
        return new Batch<>(session.getAsLong(), tasks, retry, now);
    }

    /** Takes back a batch whose work was not begun, because its session is not trusted at this moment. */
    void putBack(Batch<T> batch, long now) {
        atWork.remove(batch);
        handOutAgain(batch.session(), batch.tasks(), now);
    }

    private void handOutAgain(long id, List<ClaimedTask<T>> tasks, long now) {
        if (!isPresent(id)) {
            return;
        }
        if (closing) {
            reports(id).released.addAll(tasks);
            return;
        }
        for (int i = tasks.size() - 1; i >= 0; i--) {
            ClaimedTask<T> task = tasks.get(i);
            (isRetry(task) ? retries : fresh).addFirst(new Ready<>(task, now));
        }
    }

    private boolean isRetry(ClaimedTask<T> task) {
        return task.attempts() > 0 || memory.failures(task.id()) > 0;
    }

    /** Records the outcome of the work on a batch, and returns the tasks that are done with by that. */
    Settled<T> done(Batch<T> batch, BatchOutcome<T> outcome, long now) {
        atWork.remove(batch);
        schedule.ended(now - batch.begunAt(), batch.isRetries());
        Settled<T> settled = new Settled<>();
        long id = batch.session();
        boolean present = isPresent(id);
        if (present) {
            outcome.doubtful().forEach(task -> doubtful.add(task.id()));
        }
        for (ClaimedTask<T> task : outcome.accomplished()) {
            schedule.succeeded(isRetry(task), now);
            doubtful.remove(task.id());
        }
        if (outcome.committed()) {
            settled.complete(outcome.accomplished().size());
            outcome.accomplished().forEach(task -> memory.forget(task.id()));
        } else if (!outcome.accomplished().isEmpty()) {
            reports(id).finished.addAll(outcome.accomplished());
        }
        for (BatchOutcome.Failed<T> failed : outcome.failed()) {
            fail(batch, failed.task(), failed.cause(), now);
        }
        handOutAgain(id, outcome.again(), now);
        if (closing) {
            handOutAgain(id, outcome.alone(), now);
        } else if (present) {
            outcome.alone().forEach(task -> alone.add(new Ready<>(task, now)));
        }
        for (ClaimedTask<T> task : outcome.lost()) {
            // A transaction that threw was committed all the same, as nobody else could take the task meanwhile.
            if (doubtful.remove(task.id()) && trusted && present) {
                settled.complete(1);
            } else {
                settled.lose(task);
            }
        }
        return settled;
    }

    private void fail(Batch<T> batch, ClaimedTask<T> task, Throwable thrown, long now) {
        if (!isPresent(batch.session())) {
            return;
        }
        if (closing && isInterrupt(thrown)) {
            reports(batch.session()).released.add(task);
            return;
        }
        Throwable cause = batch.isOverdue() ? new TaskTimeoutException(config.taskTimeout(), thrown) : thrown;
        fail(batch.session(), task, cause, now);
    }

    /** A task has had an attempt, is postponed or is given up: whatever it is, the queue gets it back. */
    private void fail(long id, ClaimedTask<T> task, Throwable cause, long now) {
        int failures = Math.max(task.attempts(), memory.failures(task.id()));
        Verdict verdict;
        long delay;
        if (cause instanceof TaskPostponedException postponed) {
            verdict = Verdict.POSTPONE;
            delay = postponed.delay().toNanos();
        } else if (cause instanceof TaskGivenUpException) {
            verdict = Verdict.GIVE_UP;
            failures++;
            delay = retryDelay.nanos(failures);
        } else {
            verdict = Verdict.RETRY;
            boolean opened = schedule.failed(failures > 0, now);
            failures++;
            delay = retryDelay.nanos(failures);
            if (opened) {
                giveBackWhatIsReady();
            }
        }
        if (remembers) {
            memory.rest(task.id(), failures, now + delay);
        }
        TaskFailure<T> failure = new TaskFailure<>(task.id(), task.task(), cause, verdict, Duration.ofNanos(delay));
        reports(id).failed.add(new TaskRequest.Failed<>(task, failure));
    }

    /** Whatever does input or output may wrap it. */
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

    /** Gives back what has not begun: others may be able to do it. */
    private void giveBackWhatIsReady() {
        if (session.isPresent()) {
            List<ClaimedTask<T>> released = reports(session.getAsLong()).released;
            for (Deque<Ready<T>> ready : List.of(fresh, retries, alone)) {
                ready.forEach(one -> released.add(one.task()));
                ready.clear();
            }
        }
    }

    /** The work on the next task of a batch begins. */
    void beginNext(Batch<T> batch, long now) {
        batch.beginNext(now);
    }

    /** Returns the batches whose call has just exceeded the task timeout. */
    List<Batch<T>> newlyOverdue(long now) {
        if (config.taskTimeout().isZero()) {
            return List.of();
        }
        List<Batch<T>> overdue = new ArrayList<>();
        for (Batch<T> batch : atWork) {
            if (!batch.isOverdue() && nanosUntilOverdue(batch, now) <= 0) {
                batch.markOverdue();
                overdue.add(batch);
            }
        }
        return overdue;
    }

    private long nanosUntilOverdue(Batch<T> batch, long now) {
        return batch.begunAt() + config.taskTimeout().toNanos() - now;
    }

    /**
     * Gives back what has not begun and will not begin soon: because no thread takes it, or all that work are overdue.
     *
     * @return how many tasks that concerns
     */
    int giveBackStuck(long now) {
        int ready = ready();
        if (ready == 0 || idleThreads() > 0) {
            return 0;
        }
        boolean overdue = atWork.stream().allMatch(Batch::isOverdue);
        if (!overdue && !isStale(fresh, now) && !isStale(retries, now)) {
            return 0;
        }
        giveBackWhatIsReady();
        return ready;
    }

    private static <T> boolean isStale(Deque<Ready<T>> ready, long now) {
        return !ready.isEmpty() && now - ready.getFirst().since() > LONGEST_READY;
    }

    // ---- The queue

    private Reports<T> reports(long id) {
        return reports.computeIfAbsent(id, absent -> new Reports<>());
    }

    /** Makes a claim due now, also if one is under way. */
    void wake(long now) {
        schedule.wake(now);
    }

    /** Returns what to ask of the queue now, or null if nothing. No other request is under way. */
    @Nullable
    Message<T> next(Place place, long now) {
        if (pauseUntil - now > 0) {
            return null;
        }
        underWay = repeated(now);
        if (underWay == null) {
            underWay = first(place, now);
        }
        return underWay;
    }

    private @Nullable Message<T> repeated(long now) {
        for (Message<T> message : unconfirmed) {
            if (message.notBefore() - now <= 0) {
                unconfirmed.remove(message);
                return message;
            }
        }
        return null;
    }

    private @Nullable Message<T> first(Place place, long now) {
        reports.values().removeIf(Reports::isEmpty);
        for (long id : reports.keySet()) {
            if (!isPresent(id)) {
                return message(id, reports.remove(id), null, now);
            }
        }
        ClaimPlan claim = mayClaim() && !sweepNow && nanosUntilClaim(now) <= 0
                ? schedule.next(session.getAsLong(), place, load(), memory, now)
                : null;
        if (reports.isEmpty() && claim == null) {
            return null;
        }
        long id = session.getAsLong();
        return message(id, reports.remove(id), claim, now);
    }

    private Message<T> message(long id, @Nullable Reports<T> told, @Nullable ClaimPlan claim, long now) {
        Reports<T> all = told == null ? new Reports<>() : told;
        return new Message<>(
                new TaskRequest<>(id, all.finished, all.failed, all.released, claim), 0, false, false, now);
    }

    /**
     * Nothing is claimed while it is not known what became of earlier reports: a failure that is told again must not meet a
     * new claim of the same task.
     */
    private boolean mayClaim() {
        return trusted
                && !closing
                && unconfirmed.stream()
                        .noneMatch(one ->
                                one.unanswered() && isPresent(one.request().session()));
    }

    private ClaimSchedule.Load load() {
        // When finishes are refused, one task after the other shows whether they still are.
        int most = finishing.isOpen() ? 1 : config.tasksPerSession();
        return new ClaimSchedule.Load(ready(), tasksAtWorkOfSession(), unconfirmedTasks(), idleThreads(), most);
    }

    private long nanosUntilClaim(long now) {
        long wait = schedule.nanosUntilDue(load(), now);
        return finishing.isOpen() && (ready() > 0 || !atWork.isEmpty())
                ? Long.MAX_VALUE
                : Math.max(wait, finishing.nanosUntilAllowed(now));
    }

    /** Records the reply to a request, and returns the tasks that are done with by that. */
    Settled<T> answered(Message<T> message, TaskReply<T> reply, long now) {
        underWay = null;
        pauses = 0;
        refusals = 0;
        pauseUntil = now;
        TaskRequest<T> request = message.request();
        boolean present = isPresent(request.session());
        Settled<T> settled = new Settled<>();
        settleFinished(message, reply, settled, now);
        settleFailed(message, reply, settled);
        if (present && !(reply.claimed().isEmpty() && reply.unmapped().isEmpty())) {
            receive(request.session(), reply, now);
        }
        if (request.claim() != null) {
            int claimedRetries =
                    (int) reply.claimed().stream().filter(this::isRetry).count();
            int claimedFresh =
                    reply.claimed().size() - claimedRetries + reply.unmapped().size();
            schedule.answered(request.claim(), claimedFresh, claimedRetries, reply.more(), now);
            if (claimedFresh + claimedRetries > 0) {
                finishing.probed(now);
            }
        }
        return settled;
    }

    private void settleFinished(Message<T> message, TaskReply<T> reply, Settled<T> settled, long now) {
        TaskRequest<T> request = message.request();
        int finished = request.finished().size() - reply.lost().size();
        settled.complete(finished);
        if (finished > 0) {
            finishing.succeeded(now);
        }
        request.finished().forEach(task -> memory.forget(task.id()));
        if (wasSurelyDone(message)) {
            settled.complete(reply.lost().size());
        } else {
            reply.lost().forEach(settled::lose);
        }
    }

    /** What is missing at a repetition was done before: under a session that is trusted nobody else could do it. */
    private boolean wasSurelyDone(Message<T> message) {
        return message.maybeDone() && trusted && isPresent(message.request().session());
    }

    private void settleFailed(Message<T> message, TaskReply<T> reply, Settled<T> settled) {
        Set<Object> givenUp = idsOf(reply.givenUp());
        Set<Object> unheld = idsOf(reply.unheld());
        for (TaskRequest.Failed<T> failed : message.request().failed()) {
            Object id = failed.claimed().id();
            boolean wasDoubtful = doubtful.remove(id);
            if (givenUp.contains(id)) {
                memory.forget(id);
                settled.giveUp(failed.failure());
            } else if (!unheld.contains(id)) {
                settled.fail(failed.failure());
            } else if (wasDoubtful
                    && !message.maybeDone()
                    && trusted
                    && isPresent(message.request().session())) {
                settled.complete(1);
            } else if (wasSurelyDone(message)) {
                settled.fail(failed.failure());
            } else {
                settled.lose(failed.claimed());
            }
        }
    }

    private static <T> Set<Object> idsOf(List<ClaimedTask<T>> tasks) {
        if (tasks.isEmpty()) {
            return Set.of();
        }
        Set<Object> ids = new HashSet<>();
        tasks.forEach(task -> ids.add(task.id()));
        return ids;
    }

    private void receive(long id, TaskReply<T> reply, long now) {
        forgetReportsOf(reply);
        for (ClaimedTask<T> task : reply.claimed()) {
            if (closing) {
                reports(id).released.add(task);
            } else {
                (isRetry(task) ? retries : fresh).add(new Ready<>(task, now));
            }
        }
        for (Unmapped<T> unmapped : reply.unmapped()) {
            fail(id, unmapped.claimed(), unmapped.failure(), now);
        }
    }

    /** What is claimed anew was freed before: a report that says so must not free it once more. */
    private void forgetReportsOf(TaskReply<T> reply) {
        if (unconfirmed.isEmpty()) {
            return;
        }
        Set<Object> claimed = idsOf(reply.claimed());
        List<Message<T>> rest = new ArrayList<>();
        for (Message<T> message : unconfirmed) {
            TaskRequest<T> request = message.request();
            List<TaskRequest.Failed<T>> failed = new ArrayList<>(request.failed());
            failed.removeIf(one -> claimed.contains(one.claimed().id()));
            List<ClaimedTask<T>> released = new ArrayList<>(request.released());
            released.removeIf(one -> claimed.contains(one.id()));
            rest.add(with(message, new TaskRequest<>(request.session(), request.finished(), failed, released, null)));
        }
        rest.removeIf(message -> message.request().size() == 0);
        unconfirmed.clear();
        unconfirmed.addAll(rest);
    }

    private static <T> Message<T> with(Message<T> message, TaskRequest<T> request) {
        return new Message<>(request, message.tries(), message.maybeDone(), message.unanswered(), message.notBefore());
    }

    /**
     * Records that the queue has answered a request with an error.
     *
     * @param nothingDone whether it is known that nothing was done
     */
    void refused(Message<T> message, boolean nothingDone, long now) {
        underWay = null;
        TaskRequest<T> request = message.request();
        boolean maybeDone = message.maybeDone() || !nothingDone;
        refusals++;
        if (request.claim() != null) {
            if (!nothingDone) {
                doubtClaim(request.session());
            }
            if (request.size() == 0) {
                pause(now);
            } else {
                // Without the claim it shows which of the two is refused.
                unconfirmed.add(new Message<>(request.with(null), 1, maybeDone, false, now));
            }
        } else if (request.size() == 1) {
            if (!request.finished().isEmpty() && message.tries() <= 1) {
                finishing.failed(now);
            }
            long later = now + (closing ? HASTE : retryDelay.nanos(message.tries() + 1));
            unconfirmed.add(new Message<>(request, message.tries() + 1, maybeDone, false, later));
        } else {
            for (TaskRequest<T> half : halves(request)) {
                unconfirmed.add(new Message<>(half, 1, maybeDone, false, now));
            }
        }
        if (refusals % MANY_REFUSALS == 0) {
            pause(now);
        }
    }

    private static <T> List<TaskRequest<T>> halves(TaskRequest<T> request) {
        int kinds = (request.finished().isEmpty() ? 0 : 1)
                + (request.failed().isEmpty() ? 0 : 1)
                + (request.released().isEmpty() ? 0 : 1);
        long id = request.session();
        List<TaskRequest<T>> parts = new ArrayList<>();
        for (boolean first : new boolean[] {true, false}) {
            if (kinds == 1) {
                parts.add(new TaskRequest<>(
                        id,
                        half(request.finished(), first),
                        half(request.failed(), first),
                        half(request.released(), first),
                        null));
            } else if (first) {
                parts.add(new TaskRequest<>(id, request.finished(), List.of(), List.of(), null));
            } else {
                parts.add(new TaskRequest<>(id, List.of(), request.failed(), request.released(), null));
            }
        }
        parts.removeIf(part -> part.size() == 0);
        return parts;
    }

    private static <E> List<E> half(List<E> all, boolean first) {
        int middle = all.size() / 2;
        return first ? all.subList(0, middle) : all.subList(middle, all.size());
    }

    /** Records that a request was not answered: it may have been done, or be done at any time. */
    void unanswered(Message<T> message, long now) {
        underWay = null;
        TaskRequest<T> request = message.request();
        if (request.claim() != null) {
            doubtClaim(request.session());
        }
        if (request.size() > 0) {
            unconfirmed.addFirst(new Message<>(request.with(null), message.tries() + 1, true, true, now));
        }
        pause(now);
    }

    private void doubtClaim(long id) {
        if (isPresent(id)) {
            sweepNow = true;
            laterSweep = 0;
        }
    }

    /** Leaves the queue alone for a while, as it could not be used. */
    void pause(long now) {
        pauses++;
        long delay = queueDelay.nanos(pauses);
        pauseUntil = now + (closing ? Math.min(HASTE, delay) : delay);
    }

    long pauseLeft(long now) {
        return Math.max(0, pauseUntil - now);
    }

    // ---- Giving back what a claim without a reply may have taken

    /** Returns the session of which all that is not known must be given back now, empty if of none. */
    OptionalLong toSweep(long now) {
        if (pauseLeft(now) > 0) {
            return OptionalLong.empty();
        }
        boolean due = sweepNow
                ? (mayClaim() && nanosUntilClaim(now) <= 0) || isToSweepAtTheEnd()
                : mayClaim() && laterSweep < LATER_SWEEPS.length && laterSweepAt - now <= 0;
        return due ? session : OptionalLong.empty();
    }

    /** The client goes on, and with it the session: nobody else would give back what it holds. */
    private boolean isToSweepAtTheEnd() {
        return closing && trusted && sweepNow;
    }

    /** Records that everything that is not known was given back. */
    void swept(long id, long now) {
        pauses = 0;
        pauseUntil = now;
        if (!isPresent(id)) {
            return;
        }
        if (!sweepNow) {
            laterSweep++;
        }
        sweepNow = false;
        laterSweepAt = laterSweep < LATER_SWEEPS.length ? now + LATER_SWEEPS[laterSweep] : now;
    }

    /** Returns the ids of all tasks that are known to be held by a session. */
    Collection<Object> known(long id) {
        Set<Object> known = new HashSet<>();
        if (isPresent(id)) {
            for (Deque<Ready<T>> ready : List.of(fresh, retries, alone)) {
                ready.forEach(one -> known.add(one.task().id()));
            }
        }
        for (Batch<T> batch : atWork) {
            if (batch.session() == id) {
                batch.tasks().forEach(task -> known.add(task.id()));
            }
        }
        Reports<T> told = reports.get(id);
        if (told != null) {
            told.finished.forEach(task -> known.add(task.id()));
            told.failed.forEach(one -> known.add(one.claimed().id()));
            told.released.forEach(task -> known.add(task.id()));
        }
        for (Message<T> message : unconfirmedAndUnderWay()) {
            if (message.request().session() == id) {
                message.request().tasks().forEach(task -> known.add(task.id()));
            }
        }
        return known;
    }

    private List<Message<T>> unconfirmedAndUnderWay() {
        List<Message<T>> all = new ArrayList<>(unconfirmed);
        if (underWay != null) {
            all.add(underWay);
        }
        return all;
    }

    // ---- The end

    /** Begins no more, and gives back what has not begun. */
    void close(long now) {
        closing = true;
        pauseUntil = now;
        List<Message<T>> hurried = new ArrayList<>();
        for (Message<T> one : unconfirmed) {
            hurried.add(new Message<>(one.request(), one.tries(), one.maybeDone(), one.unanswered(), now));
        }
        unconfirmed.clear();
        unconfirmed.addAll(hurried);
        giveBackWhatIsReady();
    }

    boolean isClosing() {
        return closing;
    }

    /** Returns whether nothing is at work and the queue knows everything. */
    boolean isEmpty() {
        return atWork.isEmpty() && !hasToTell() && !isToSweepAtTheEnd();
    }

    private boolean hasToTell() {
        return underWay != null
                || !unconfirmed.isEmpty()
                || reports.values().stream().anyMatch(one -> !one.isEmpty());
    }

    /** Forgets what the queue could not be told, if it cannot be told now, and returns how many tasks that concerns. */
    int abandonIfStuck(long now) {
        boolean stuck = underWay == null
                && ((hasToTell() && nanosUntilTold(now) > 0) || (isToSweepAtTheEnd() && pauseLeft(now) > 0));
        if (!stuck) {
            return 0;
        }
        int abandoned = 0;
        for (Message<T> message : unconfirmed) {
            abandoned += message.request().size();
        }
        for (Reports<T> told : reports.values()) {
            abandoned += told.size();
        }
        unconfirmed.clear();
        reports.clear();
        sweepNow = false;
        return abandoned;
    }

    // ---- What comes next

    private long nanosUntilTold(long now) {
        long wait = Long.MAX_VALUE;
        if (reports.values().stream().anyMatch(one -> !one.isEmpty())) {
            wait = 0;
        }
        for (Message<T> message : unconfirmed) {
            wait = Math.min(wait, Math.max(0, message.notBefore() - now));
        }
        return wait == Long.MAX_VALUE ? wait : Math.max(wait, pauseLeft(now));
    }

    /** Returns how long until there is something to do for whoever talks to the queue. */
    long nanosUntilDue(long now) {
        long wait = nanosUntilTold(now);
        if (mayClaim()) {
            wait = Math.min(wait, Math.max(pauseLeft(now), nanosUntilClaim(now)));
            if (!sweepNow && laterSweep < LATER_SWEEPS.length) {
                wait = Math.min(wait, Math.max(pauseLeft(now), laterSweepAt - now));
            }
        } else if (isToSweepAtTheEnd()) {
            wait = Math.min(wait, pauseLeft(now));
        }
        if (!config.taskTimeout().isZero()) {
            for (Batch<T> batch : atWork) {
                wait = batch.isOverdue() ? wait : Math.min(wait, nanosUntilOverdue(batch, now));
            }
        }
        return wait;
    }

    /** Returns how many batches are ready to be worked on. */
    int readyBatches() {
        if (!trusted || closing) {
            return 0;
        }
        return alone.size() + (retries.size() + batchSize - 1) / batchSize + (fresh.size() + batchSize - 1) / batchSize;
    }

    int batchesAtWork() {
        return atWork.size();
    }

    private int idleThreads() {
        return Math.max(0, config.threads() - atWork.size());
    }

    private int ready() {
        return fresh.size() + retries.size() + alone.size();
    }

    int tasksAtWork() {
        int tasks = 0;
        for (Batch<T> batch : atWork) {
            tasks += batch.size();
        }
        return tasks;
    }

    private int tasksAtWorkOfSession() {
        int tasks = 0;
        for (Batch<T> batch : atWork) {
            tasks += isPresent(batch.session()) ? batch.size() : 0;
        }
        return tasks;
    }

    private int unconfirmedTasks() {
        int tasks = 0;
        for (Message<T> message : unconfirmed) {
            tasks += message.request().size();
        }
        return tasks;
    }

    /** Returns how many tasks the runner holds. */
    int held() {
        int held = ready() + tasksAtWork() + unconfirmedTasks();
        for (Reports<T> told : reports.values()) {
            held += told.size();
        }
        return underWay == null ? held : held + underWay.request().size();
    }

    long begunRetries() {
        return begunRetries;
    }

    /** Returns whether all fresh tasks, or all retries, fail, so that only single ones are tried. */
    boolean isBroken() {
        return schedule.isBroken(false) || schedule.isBroken(true);
    }

    /** Returns a mark by which {@link #isDrained} tells claims that were begun after this from earlier ones. */
    long mark(long now) {
        schedule.wake(now);
        return schedule.foundNothing() + (underWay == null ? 0 : 1);
    }

    /** Returns whether a claim that was begun after the mark has found nothing, and nothing is held. */
    boolean isDrained(long mark) {
        return schedule.foundNothing() > mark && held() == 0;
    }
}
