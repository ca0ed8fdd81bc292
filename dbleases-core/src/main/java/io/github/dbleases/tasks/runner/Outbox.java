package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import io.github.dbleases.tasks.TaskRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
        return unanswered.isEmpty() && !hasNew();
    }

    /** Returns how many tasks in it have failed. */
    int failures() {
        return failed.size()
                + unanswered.stream()
                        .mapToInt(request -> request.failed().size())
                        .sum();
    }

    boolean hasUnanswered() {
        return !unanswered.isEmpty();
    }

    boolean hasNew() {
        return !finished.isEmpty() || !failed.isEmpty() || !released.isEmpty();
    }

    /** Takes a request that is to be repeated: alone, so that its answer can be told from others. */
    Errand<T> repeat() {
        return new Errand<>(unanswered.remove(), true);
    }

    /** Takes all that is new, with a claim or not. */
    Errand<T> take(Optional<TaskClaim> claim) {
        TaskRequest<T> request = new TaskRequest<>(session, finished, failed, released, claim);
        finished = new ArrayList<>();
        failed = new ArrayList<>();
        released = new ArrayList<>();
        return new Errand<>(request, false);
    }

    /** Takes back what was not answered, in parts if it is not the first time. What it was to claim is not claimed again. */
    void putBack(Errand<T> errand) {
        TaskRequest<T> request = errand.request();
        if (!errand.repeated()) {
            add(request.finished(), request.failed(), request.released());
            return;
        }
        inHalves(request.finished(), half -> add(half, List.of(), List.of()));
        inHalves(request.failed(), half -> add(List.of(), half, List.of()));
        inHalves(request.released(), half -> add(List.of(), List.of(), half));
    }

    private static <E> void inHalves(List<E> tasks, Consumer<List<E>> part) {
        part.accept(tasks.subList(0, tasks.size() / 2));
        part.accept(tasks.subList(tasks.size() / 2, tasks.size()));
    }

    private void add(List<ClaimedTask<T>> finishing, List<FailedTask<T>> failing, List<ClaimedTask<T>> releasing) {
        if (!finishing.isEmpty() || !failing.isEmpty() || !releasing.isEmpty()) {
            unanswered.add(new TaskRequest<>(session, finishing, failing, releasing, Optional.empty()));
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
