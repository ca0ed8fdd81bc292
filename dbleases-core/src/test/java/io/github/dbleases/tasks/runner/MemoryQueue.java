package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import io.github.dbleases.tasks.TaskLine;
import io.github.dbleases.tasks.TaskReply;
import io.github.dbleases.tasks.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A queue in memory that keeps the rules: a task belongs to the live session that is written in it, and only that one
 * finishes it. Ids are numbers, tasks are texts. Can be told to fail, before or after it has done what was asked.
 */
final class MemoryQueue implements TaskLine<String> {

    private final Map<Long, Row> rows = new TreeMap<>();
    private final Map<Long, Row> pending = new TreeMap<>();
    private final Set<Long> live = new HashSet<>();
    private final List<TaskRequest<String>> requests = new ArrayList<>();
    private final List<RuntimeException> failuresBefore = new ArrayList<>();
    private final List<RuntimeException> failuresAfter = new ArrayList<>();
    private final List<RuntimeException> failedChecks = new ArrayList<>();
    private long unfinishable = -1;
    private boolean refusing;
    private boolean refusingToSweep;
    private int maxAttempts;
    private int sweeps;
    private int exchanges;
    private boolean recording = true;
    private long lastId;

    static final class Row {
        private final ClaimedTask<String> task;
        private Long session;
        private int attempts;
        private int finished;
        private boolean aside;

        Row(ClaimedTask<String> task) {
            this.task = task;
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
        Row row = new Row(new ClaimedTask<>(id, task));
        rows.put(id, row);
        pending.put(id, row);
    }

    synchronized MemoryQueue withMaxAttempts(int attempts) {
        maxAttempts = attempts;
        return this;
    }

    /** Keeps no requests, of which there are many. */
    synchronized MemoryQueue withoutRecording() {
        recording = false;
        return this;
    }

    synchronized void open(long session) {
        live.add(session);
    }

    /** Ends a session: its tasks are free. */
    synchronized void end(long session) {
        live.remove(session);
    }

    /** Makes the next request fail without effect. */
    synchronized void failNext() {
        failuresBefore.add(new TaskQueueException("The queue is away.", new IllegalStateException("planted")));
    }

    synchronized void failNext(RuntimeException failure) {
        failuresBefore.add(failure);
    }

    /** Makes the next request have its effect, but lose its reply. */
    synchronized void loseNextReply() {
        failuresAfter.add(new TaskQueueException("The reply is lost.", new IllegalStateException("planted")));
    }

    /** Makes each request fail that is to finish a task. */
    synchronized void refuseToFinish(long id) {
        unfinishable = id;
    }

    /** Makes all requests and sweeps fail without effect, until it is told otherwise. */
    synchronized void refuseAll(boolean refuse) {
        refusing = refuse;
    }

    synchronized boolean isRefusing() {
        return refusing;
    }

    /** Makes all sweeps fail without effect, until it is told otherwise. */
    synchronized void refuseToSweep(boolean refuse) {
        refusingToSweep = refuse;
    }

    /** Lets all failures be that are still to come. */
    synchronized void heal() {
        failuresBefore.clear();
        failuresAfter.clear();
    }

    synchronized void failNextCheck(RuntimeException failure) {
        failedChecks.add(failure);
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
        if (request.finished().stream().anyMatch(task -> task.id().equals(unfinishable))) {
            throw new TaskQueueException("A trigger forbids it.", new IllegalStateException("planted"));
        }
        List<ClaimedTask<String>> lost = finish(request.session(), request.finished());
        List<ClaimedTask<String>> putAside = new ArrayList<>();
        List<ClaimedTask<String>> unheld = new ArrayList<>();
        for (FailedTask<String> failed : request.failed()) {
            if (!isHeld(rows.get((Long) failed.claimed().id()), request.session())) {
                unheld.add(failed.claimed());
            } else if (fail(failed.claimed())) {
                putAside.add(failed.claimed());
            }
        }
        request.released().forEach(task -> release(request.session(), task));
        List<ClaimedTask<String>> claimed = request.claim().map(this::claim).orElseGet(List::of);
        if (!failuresAfter.isEmpty()) {
            throw failuresAfter.remove(0);
        }
        return new TaskReply<>(claimed, lost, putAside, unheld);
    }

    private List<ClaimedTask<String>> claim(TaskClaim claim) {
        if (!live.contains(claim.session())) {
            return List.of();
        }
        List<Row> free = new ArrayList<>();
        for (Row row : pending.values()) {
            if (row.session == null || !live.contains(row.session)) {
                free.add(row);
            }
            if (free.size() == (long) claim.limit() * claim.sessions()) {
                break;
            }
        }
        List<ClaimedTask<String>> claimed = new ArrayList<>();
        for (Row row : free.subList(0, Math.min(free.size(), claim.limitOf(free.size())))) {
            row.session = claim.session();
            claimed.add(row.task);
        }
        return claimed;
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

    /** Undoes what a transaction has finished. */
    synchronized void rollBack(long session, List<ClaimedTask<String>> tasks) {
        for (ClaimedTask<String> task : tasks) {
            Row row = rows.get((Long) task.id());
            row.finished--;
            row.session = session;
            pending.put((Long) task.id(), row);
        }
    }

    private boolean fail(ClaimedTask<String> task) {
        Row row = rows.get((Long) task.id());
        row.attempts++;
        if (maxAttempts > 0 && row.attempts >= maxAttempts) {
            row.aside = true;
            row.session = null;
            pending.remove((Long) task.id());
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
    public synchronized void releaseAllBut(long session, Collection<ClaimedTask<String>> known) {
        sweeps++;
        refuseIf(refusing || refusingToSweep);
        if (!failuresBefore.isEmpty()) {
            throw failuresBefore.remove(0);
        }
        Set<Object> ids = new HashSet<>();
        known.forEach(task -> ids.add(task.id()));
        pending.forEach((id, row) -> {
            if (isHeld(row, session) && !ids.contains(id)) {
                row.session = null;
            }
        });
    }

    private static void refuseIf(boolean refused) {
        if (refused) {
            throw new TaskQueueException("The queue is away.", new IllegalStateException("planted"));
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

    /** Gives a task to another session, as if it had been taken over. */
    synchronized void give(long id, long session) {
        rows.get(id).session = session;
    }
}
