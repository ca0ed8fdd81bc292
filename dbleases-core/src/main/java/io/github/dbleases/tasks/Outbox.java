package io.github.dbleases.tasks;

import io.github.dbleases.TaskClaim;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What the queue has not been told yet about the tasks of one session. */
final class Outbox<T> {

    private final long session;
    private final Deque<TaskRequest<T>> unanswered = new ArrayDeque<>();
    private List<ClaimedTask<T>> finished = new ArrayList<>();
    private List<FailedTask<T>> failed = new ArrayList<>();
    private List<ClaimedTask<T>> released = new ArrayList<>();

    Outbox(long session) {
        this.session = session;
    }

    long session() {
        return session;
    }

    void finish(List<ClaimedTask<T>> tasks) {
        finished.addAll(tasks);
    }

    void fail(ClaimedTask<T> task, Throwable failure) {
        failed.add(new FailedTask<>(task, failure));
    }

    void release(Collection<ClaimedTask<T>> tasks) {
        released.addAll(tasks);
    }

    boolean isEmpty() {
        return unanswered.isEmpty() && hasNothingNew();
    }

    /** Returns how many tasks in it have failed. */
    int failures() {
        return failed.size()
                + unanswered.stream()
                        .mapToInt(request -> request.failed().size())
                        .sum();
    }

    private boolean hasNothingNew() {
        return finished.isEmpty() && failed.isEmpty() && released.isEmpty();
    }

    /** Returns whether a request is to be repeated; it is repeated alone, so that its answer can be told from others. */
    boolean mustRepeat() {
        return !unanswered.isEmpty();
    }

    /** Takes what is to be sent, with a claim unless a request is repeated. */
    Errand<T> take(Optional<TaskClaim> claim) {
        TaskRequest<T> again = unanswered.poll();
        if (again != null) {
            return new Errand<>(again, true);
        }
        TaskRequest<T> request = new TaskRequest<>(session, finished, failed, released, claim);
        finished = new ArrayList<>();
        failed = new ArrayList<>();
        released = new ArrayList<>();
        return new Errand<>(request, false);
    }

    /** Takes back a request that was not answered; what it was to claim is not claimed again. */
    void putBack(TaskRequest<T> request) {
        TaskRequest<T> rest = new TaskRequest<>(
                request.session(), request.finished(), request.failed(), request.released(), Optional.empty());
        if (!rest.finished().isEmpty()
                || !rest.failed().isEmpty()
                || !rest.released().isEmpty()) {
            unanswered.add(rest);
        }
    }

    /** Returns all tasks in it. */
    List<ClaimedTask<T>> tasks() {
        List<ClaimedTask<T>> all = new ArrayList<>(finished);
        failed.forEach(task -> all.add(task.claimed()));
        all.addAll(released);
        for (TaskRequest<T> request : unanswered) {
            all.addAll(request.finished());
            request.failed().forEach(task -> all.add(task.claimed()));
            all.addAll(request.released());
        }
        return all;
    }
}
