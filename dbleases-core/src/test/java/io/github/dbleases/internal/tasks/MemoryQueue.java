package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * A queue in memory with the rules of a real one: a task belongs to the live session in its row, and only that session
 * finishes it. Ids are numbers, tasks are strings. A test can make requests fail before or after they take effect.
 */
final class MemoryQueue implements TaskChannel<String> {

    private final Map<Long, Row> rows = new TreeMap<>();
    private final Map<Long, Row> pending = new TreeMap<>();
    private final Set<Long> live = new HashSet<>();
    private final List<TaskRequest<String>> requests = new ArrayList<>();
    private final List<RuntimeException> failuresBefore = new ArrayList<>();
    private final List<RuntimeException> failuresAfter = new ArrayList<>();
    private final List<RuntimeException> failedChecks = new ArrayList<>();
    private long refusedToFinish = -1;
    private boolean refusing;
    private boolean refusingToSweep;
    private boolean refusingToFinish;
    private String unmappable = "";
    private LongSupplier clock = System::nanoTime;
    private int maxAttempts;
    private int sweeps;
    private int exchanges;
    private boolean recording = true;
    private boolean knowsAges;
    private long lastId;

    static final class Row {
        private final long id;
        private String task;
        private Long session;
        private Long createdAt;
        private Long dueAt;
        private String error;
        private int attempts;
        private int finished;
        private boolean aside;

        Row(long id, String task, Long createdAt) {
            this.id = id;
            this.task = task;
            this.createdAt = createdAt;
        }

        String error() {
            return error;
        }

        Long session() {
            return session;
        }

        int attempts() {
            return attempts;
        }

        int finished() {
            return finished;
        }

        boolean isAside() {
            return aside;
        }
    }

    synchronized MemoryQueue with(int tasks) {
        for (int i = 0; i < tasks; i++) {
            add("task " + (lastId + 1));
        }
        return this;
    }

    synchronized void add(String task) {
        long id = ++lastId;
        Row row = new Row(id, task, knowsAges ? clock.getAsLong() : null);
        rows.put(id, row);
        pending.put(id, row);
    }

    synchronized MemoryQueue withMaxAttempts(int attempts) {
        maxAttempts = attempts;
        return this;
    }

    /** Records when tasks are created from now on. */
    synchronized MemoryQueue withAges() {
        knowsAges = true;
        return this;
    }

    /** Does not record requests: there are too many. */
    synchronized MemoryQueue withoutRecording() {
        recording = false;
        return this;
    }

    synchronized void open(long session) {
        live.add(session);
    }

    /** Ends a session, which frees its tasks. */
    synchronized void end(long session) {
        live.remove(session);
    }

    /** Makes the next request fail without effect. */
    synchronized void failNext() {
        failuresBefore.add(new TaskQueueException("The queue is unavailable.", new IllegalStateException("planted")));
    }

    synchronized void failNext(RuntimeException failure) {
        failuresBefore.add(failure);
    }

    /** Makes the next request take effect and lose its reply. */
    synchronized void loseNextReply() {
        failuresAfter.add(new TaskQueueException("The reply is lost.", new IllegalStateException("planted")));
    }

    /** Sets the clock by which tasks are due. */
    synchronized void clock(LongSupplier nanoTime) {
        clock = nanoTime;
    }

    /** Refuses every request that finishes a task, until told otherwise. */
    synchronized void refuseToFinish(boolean refuse) {
        refusingToFinish = refuse;
    }

    /** Changes the data of a task. */
    synchronized void change(long id, String task) {
        rows.get(id).task = task;
    }

    /** Returns the most attempts that any task has used up. */
    synchronized int mostAttempts() {
        return rows.values().stream().mapToInt(row -> row.attempts).max().orElse(0);
    }

    /** Makes rows with this data impossible to map. */
    synchronized void unmappable(String task) {
        unmappable = task;
    }

    /** Ends a task, as an application does that cancels it. */
    synchronized void cancel(long id) {
        pending.remove(id);
    }

    /** Refuses every request that finishes this task. */
    synchronized void refuseToFinish(long id) {
        refusedToFinish = id;
    }

    /** Makes all requests and sweeps fail without effect, until told otherwise. */
    synchronized void refuseAll(boolean refuse) {
        refusing = refuse;
    }

    synchronized boolean isRefusing() {
        return refusing;
    }

    /** Makes all sweeps fail without effect, until told otherwise. */
    synchronized void refuseToSweep(boolean refuse) {
        refusingToSweep = refuse;
    }

    /** Cancels all planned failures. */
    synchronized void heal() {
        failuresBefore.clear();
        failuresAfter.clear();
    }

    synchronized void failNextCheck(RuntimeException failure) {
        failedChecks.add(failure);
    }

    @Override
    public Object scope() {
        return this;
    }

    @Override
    public boolean keepsFailures() {
        return true;
    }

    @Override
    public synchronized void check() {
        if (!failedChecks.isEmpty()) {
            throw failedChecks.remove(0);
        }
    }

    @Override
    public synchronized TaskReply<String> exchange(TaskRequest<String> request) {
        exchanges++;
        if (recording) {
            requests.add(request);
        }
        refuseIf(refusing);
        if (!failuresBefore.isEmpty()) {
            throw failuresBefore.remove(0);
        }
        if (request.finished().stream()
                .anyMatch(task -> refusingToFinish || task.id().equals(refusedToFinish))) {
            throw new TaskQueueException("A trigger forbids it.", new IllegalStateException("planted"), true);
        }
        List<ClaimedTask<String>> lost = finish(request.session(), request.finished());
        List<ClaimedTask<String>> givenUp = new ArrayList<>();
        List<ClaimedTask<String>> unheld = new ArrayList<>();
        for (TaskRequest.Failed<String> failed : request.failed()) {
            if (!isHeld(rows.get((Long) failed.claimed().id()), request.session())) {
                unheld.add(failed.claimed());
            } else if (fail(failed.failure())) {
                givenUp.add(failed.claimed());
            }
        }
        request.released().forEach(task -> release(request.session(), task));
        List<ClaimedTask<String>> claimed = new ArrayList<>();
        List<TaskReply.Unmapped<String>> unmapped = new ArrayList<>();
        boolean more = request.claim() != null && claim(request.claim(), claimed, unmapped);
        if (!failuresAfter.isEmpty()) {
            throw failuresAfter.remove(0);
        }
        return new TaskReply<>(claimed, unmapped, more, lost, givenUp, unheld);
    }

    private boolean claim(
            ClaimPlan plan, List<ClaimedTask<String>> claimed, List<TaskReply.Unmapped<String>> unmapped) {
        TaskClaim claim = plan.claim();
        if (!live.contains(claim.session())) {
            return false;
        }
        List<Row> fresh = new ArrayList<>();
        List<Row> retries = new ArrayList<>();
        for (Row row : pending.values()) {
            boolean free = row.session == null || !live.contains(row.session);
            if (free && (row.dueAt == null || row.dueAt - clock.getAsLong() <= 0)) {
                (row.attempts == 0 ? fresh : retries).add(row);
            }
            if (!plan.fromEnd() && fresh.size() > 2L * claim.limit() * claim.sessions()) {
                break;
            }
        }
        retries.sort((one, other) -> Long.signum(one.dueAt - other.dueAt));
        int limit = claim.limitOf((long) fresh.size() + retries.size());
        List<Row> taken =
                new ArrayList<>(retries.subList(0, Math.min(Math.min(limit, plan.retries()), retries.size())));
        int fromRetries = taken.size();
        if (plan.fromEnd()) {
            Collections.reverse(fresh);
        }
        taken.addAll(fresh.subList(0, Math.min(Math.min(limit - fromRetries, plan.fresh()), fresh.size())));
        for (Row row : taken) {
            row.session = claim.session();
            if (row.task.equals(unmappable)) {
                unmapped.add(new TaskReply.Unmapped<>(
                        new ClaimedTask<>(row.id, null, row.attempts), new IllegalStateException("unmappable")));
            } else {
                claimed.add(new ClaimedTask<>(row.id, row.task, row.attempts, waited(row)));
            }
        }
        return taken.size() - fromRetries == Math.min(limit - fromRetries, plan.fresh()) && taken.size() > fromRetries
                || fromRetries > 0 && fromRetries == plan.retries();
    }

    private Duration waited(Row row) {
        Long since = row.dueAt == null ? row.createdAt : row.dueAt;
        return since == null ? null : Duration.ofNanos(clock.getAsLong() - since);
    }

    @Override
    public synchronized List<ClaimedTask<String>> finish(long session, List<ClaimedTask<String>> tasks) {
        List<ClaimedTask<String>> lost = new ArrayList<>();
        for (ClaimedTask<String> task : tasks) {
            Row row = rows.get((Long) task.id());
            if (isHeld(row, session)) {
                row.finished++;
                row.session = null;
                pending.remove((Long) task.id());
            } else {
                lost.add(task);
            }
        }
        return lost;
    }

    /** Undoes the finishes of a transaction. */
    synchronized void rollBack(long session, List<ClaimedTask<String>> tasks) {
        for (ClaimedTask<String> task : tasks) {
            Row row = rows.get((Long) task.id());
            row.finished--;
            row.session = session;
            pending.put((Long) task.id(), row);
        }
    }

    private boolean fail(TaskFailure<String> failure) {
        Row row = rows.get((Long) failure.id());
        row.session = null;
        row.dueAt = clock.getAsLong() + failure.delay().toNanos();
        if (failure.verdict() == Verdict.POSTPONE) {
            return false;
        }
        row.attempts++;
        row.error = failure.cause().toString();
        if (failure.verdict() == Verdict.GIVE_UP || maxAttempts > 0 && row.attempts >= maxAttempts) {
            row.aside = true;
            pending.remove((Long) failure.id());
        }
        return row.aside;
    }

    private void release(long session, ClaimedTask<String> task) {
        Row row = rows.get((Long) task.id());
        if (isHeld(row, session)) {
            row.session = null;
        }
    }

    private static boolean isHeld(Row row, long session) {
        return row.session != null && row.session == session;
    }

    @Override
    public synchronized void releaseAllBut(long session, Collection<Object> known) {
        sweeps++;
        refuseIf(refusing || refusingToSweep);
        if (!failuresBefore.isEmpty()) {
            throw failuresBefore.remove(0);
        }
        Set<Object> ids = new HashSet<>(known);
        pending.forEach((id, row) -> {
            if (isHeld(row, session) && !ids.contains(id)) {
                row.session = null;
            }
        });
    }

    private static void refuseIf(boolean refused) {
        if (refused) {
            throw new TaskQueueException("The queue is unavailable.", new IllegalStateException("planted"));
        }
    }

    @Override
    public Optional<Duration> oldestPending() {
        return Optional.empty();
    }

    synchronized List<TaskRequest<String>> requests() {
        return List.copyOf(requests);
    }

    synchronized int exchanges() {
        return exchanges;
    }

    synchronized int sweeps() {
        return sweeps;
    }

    synchronized int pending() {
        return pending.size();
    }

    synchronized int heldBy(long session) {
        return (int) rows.values().stream().filter(row -> isHeld(row, session)).count();
    }

    synchronized Row row(long id) {
        return rows.get(id);
    }

    /** Returns how often each task was finished. */
    synchronized Map<Long, Integer> finished() {
        Map<Long, Integer> finished = new LinkedHashMap<>();
        rows.forEach((id, row) -> finished.put(id, row.finished));
        return finished;
    }

    /** Gives a task to another session, as if that had claimed it. */
    synchronized void give(long id, long session) {
        rows.get(id).session = session;
    }
}
