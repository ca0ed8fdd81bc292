package io.github.dbleases.internal.tasks;

import io.github.dbleases.internal.Backoff;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the queue has not confirmed yet: outcomes that still have to be reported, and requests without a successful reply.
 * Pure: no threads and no clock.
 *
 * <p>Outcomes collect per session until the next request, which takes all of them. What happens next depends on the reply:
 *
 * <pre>
 *   confirmed    forgotten
 *   unanswered   repeated before anything else: the request may have taken effect, and repeating it has no further effect
 *   refused      had no effect. Repeated without its claim, then in halves, until the refused task is alone.
 *                That task is reported again after a delay that grows
 * </pre>
 */
final class PendingReports<T> {

    /** This many refusals in a row concern the queue rather than single tasks. */
    private static final int MANY_REFUSALS = 16;

    /** The longest delay while the runner is being stopped, which must not take long. */
    static final long HURRIED_DELAY = Duration.ofMillis(100).toNanos();

    private final Backoff refusalDelay;
    private final Map<Long, Reports<T>> reports = new LinkedHashMap<>();
    private final Deque<OutgoingRequest<T>> unacknowledged = new ArrayDeque<>();
    private @Nullable OutgoingRequest<T> current;
    private int refusals;
    private boolean hurried;

    /** @param refusalDelay how long to wait before a single refused task is reported again */
    PendingReports(Backoff refusalDelay) {
        this.refusalDelay = refusalDelay;
    }

    /** What one session has to report. */
    private static final class Reports<T> {
        private final List<ClaimedTask<T>> finished = new ArrayList<>();
        private final List<TaskRequest.Failed<T>> failed = new ArrayList<>();
        private final List<ClaimedTask<T>> released = new ArrayList<>();

        TaskRequest<T> toRequest(long session, @Nullable ClaimPlan claim) {
            return new TaskRequest<>(session, finished, failed, released, claim);
        }

        int size() {
            return finished.size() + failed.size() + released.size();
        }
    }

    /**
     * A request for the queue.
     *
     * @param attempts how often it was sent before
     * @param maybeDone whether it may have taken effect already
     * @param unanswered whether the last attempt had no reply
     * @param notBefore the earliest time to send it
     */
    record OutgoingRequest<T>(
            TaskRequest<T> request, int attempts, boolean maybeDone, boolean unanswered, long notBefore) {

        private OutgoingRequest<T> with(TaskRequest<T> other) {
            return new OutgoingRequest<>(other, attempts, maybeDone, unanswered, notBefore);
        }

        private OutgoingRequest<T> dueAt(long time) {
            return new OutgoingRequest<>(request, attempts, maybeDone, unanswered, time);
        }
    }

    // ---- Outcomes

    void finished(long session, Collection<ClaimedTask<T>> tasks) {
        reports(session).finished.addAll(tasks);
    }

    void failed(long session, TaskRequest.Failed<T> task) {
        reports(session).failed.add(task);
    }

    void released(long session, Collection<ClaimedTask<T>> tasks) {
        reports(session).released.addAll(tasks);
    }

    private Reports<T> reports(long session) {
        return reports.computeIfAbsent(session, absent -> new Reports<>());
    }

    // ---- Requests

    /**
     * Returns the request that goes before any claim, or null if there is none: one that is repeated, or the reports of a
     * session other than the present one.
     */
    @Nullable
    OutgoingRequest<T> nextWithoutClaim(OptionalLong session, long now) {
        for (OutgoingRequest<T> repeated : unacknowledged) {
            if (repeated.notBefore() - now <= 0) {
                unacknowledged.remove(repeated);
                current = repeated;
                return repeated;
            }
        }
        reports.values().removeIf(one -> one.size() == 0);
        for (long id : reports.keySet()) {
            if (session.isEmpty() || session.getAsLong() != id) {
                return send(id, null, now);
            }
        }
        return null;
    }

    /** Returns the request with the reports of a session and a claim, or null if there are neither. */
    @Nullable
    OutgoingRequest<T> next(long session, @Nullable ClaimPlan claim, long now) {
        return claim == null && !reports.containsKey(session) ? null : send(session, claim, now);
    }

    private OutgoingRequest<T> send(long session, @Nullable ClaimPlan claim, long now) {
        Reports<T> told = reports.remove(session);
        Reports<T> all = told == null ? new Reports<>() : told;
        OutgoingRequest<T> sent = new OutgoingRequest<>(all.toRequest(session, claim), 0, false, false, now);
        current = sent;
        return sent;
    }

    /** Records that the queue has done what was asked. */
    void confirmed() {
        current = null;
        refusals = 0;
    }

    /**
     * Records that the queue has answered with an error.
     *
     * @param nothingDone whether the request is known to have had no effect
     * @return whether the queue as a whole seems to be the problem and needs a pause
     */
    boolean refused(OutgoingRequest<T> sent, boolean nothingDone, long now) {
        current = null;
        refusals++;
        TaskRequest<T> request = sent.request();
        boolean maybeDone = sent.maybeDone() || !nothingDone;
        if (request.claim() != null) {
            if (request.size() == 0) {
                return true;
            }
            // Without the claim, the next reply shows which of the two is refused.
            unacknowledged.add(new OutgoingRequest<>(request.with(null), 1, maybeDone, false, now));
        } else if (request.size() == 1) {
            int attempts = sent.attempts() + 1;
            long delay = hurried ? HURRIED_DELAY : refusalDelay.nanos(attempts);
            unacknowledged.add(new OutgoingRequest<>(request, attempts, maybeDone, false, now + delay));
        } else {
            for (TaskRequest<T> half : halves(request)) {
                unacknowledged.add(new OutgoingRequest<>(half, 1, maybeDone, false, now));
            }
        }
        return refusals % MANY_REFUSALS == 0;
    }

    /** Splits finishes from the rest, then failures from releases, then a single kind in the middle. */
    private static <T> List<TaskRequest<T>> halves(TaskRequest<T> request) {
        long session = request.session();
        List<ClaimedTask<T>> finished = request.finished();
        List<TaskRequest.Failed<T>> failed = request.failed();
        List<ClaimedTask<T>> released = request.released();
        if (!finished.isEmpty() && failed.size() + released.size() > 0) {
            return List.of(
                    new TaskRequest<>(session, finished, List.of(), List.of(), null),
                    new TaskRequest<>(session, List.of(), failed, released, null));
        }
        if (!failed.isEmpty() && !released.isEmpty()) {
            return List.of(
                    new TaskRequest<>(session, List.of(), failed, List.of(), null),
                    new TaskRequest<>(session, List.of(), List.of(), released, null));
        }
        return List.of(
                new TaskRequest<>(session, half(finished, true), half(failed, true), half(released, true), null),
                new TaskRequest<>(session, half(finished, false), half(failed, false), half(released, false), null));
    }

    private static <E> List<E> half(List<E> all, boolean first) {
        int middle = all.size() / 2;
        return first ? all.subList(0, middle) : all.subList(middle, all.size());
    }

    /** Records that a request had no reply: it may have taken effect, or may still do so. */
    void unanswered(OutgoingRequest<T> sent, long now) {
        current = null;
        TaskRequest<T> reported = sent.request().with(null);
        if (reported.size() > 0) {
            unacknowledged.addFirst(new OutgoingRequest<>(reported, sent.attempts() + 1, true, true, now));
        }
    }

    /** Drops reports that would free tasks which were claimed again: whoever claimed them saw them freed already. */
    void claimedAgain(Set<Object> ids) {
        List<OutgoingRequest<T>> all = new ArrayList<>(unacknowledged);
        unacknowledged.clear();
        for (OutgoingRequest<T> one : all) {
            TaskRequest<T> request = one.request();
            List<TaskRequest.Failed<T>> failed = new ArrayList<>(request.failed());
            failed.removeIf(task -> ids.contains(task.claimed().id()));
            List<ClaimedTask<T>> released = new ArrayList<>(request.released());
            released.removeIf(task -> ids.contains(task.id()));
            TaskRequest<T> rest = new TaskRequest<>(request.session(), request.finished(), failed, released, null);
            if (rest.size() > 0) {
                unacknowledged.add(one.with(rest));
            }
        }
    }

    // ---- The end

    /** Makes every request due now, and refused tasks soon after. */
    void hurry(long now) {
        hurried = true;
        List<OutgoingRequest<T>> all = new ArrayList<>(unacknowledged);
        unacknowledged.clear();
        all.forEach(one -> unacknowledged.add(one.dueAt(now)));
    }

    /** Forgets everything, and returns how many tasks that concerns. */
    int abandon() {
        int abandoned = size();
        unacknowledged.clear();
        reports.clear();
        return abandoned;
    }

    // ---- What is pending

    boolean isSending() {
        return current != null;
    }

    boolean isEmpty() {
        return current == null && size() == 0;
    }

    /** Returns how long until there is a request without a claim, {@code Long.MAX_VALUE} if nothing is pending. */
    long nanosUntilDue(long now) {
        long wait = reports.values().stream().anyMatch(one -> one.size() > 0) ? 0 : Long.MAX_VALUE;
        for (OutgoingRequest<T> one : unacknowledged) {
            wait = Math.min(wait, Math.max(0, one.notBefore() - now));
        }
        return wait;
    }

    /** Returns whether it is unknown what became of a request of a session. */
    boolean hasUnanswered(long session) {
        return unacknowledged.stream()
                .anyMatch(one -> one.unanswered() && one.request().session() == session);
    }

    /** Returns how many tasks were reported without a confirmation. */
    int unacknowledgedTasks() {
        int tasks = 0;
        for (OutgoingRequest<T> one : unacknowledged) {
            tasks += one.request().size();
        }
        return tasks;
    }

    /** Returns how many tasks the queue has not confirmed. */
    int size() {
        int tasks = unacknowledgedTasks();
        for (Reports<T> one : reports.values()) {
            tasks += one.size();
        }
        return current == null ? tasks : tasks + current.request().size();
    }

    /** Adds the ids of the tasks of a session that the queue has not confirmed. */
    void addIds(long session, Set<Object> ids) {
        Reports<T> told = reports.get(session);
        if (told != null) {
            addIds(told.toRequest(session, null), ids);
        }
        unacknowledged.stream()
                .map(OutgoingRequest::request)
                .filter(request -> request.session() == session)
                .forEach(request -> addIds(request, ids));
        if (current != null && current.request().session() == session) {
            addIds(current.request(), ids);
        }
    }

    private static <T> void addIds(TaskRequest<T> request, Set<Object> ids) {
        request.tasks().forEach(task -> ids.add(task.id()));
    }
}
