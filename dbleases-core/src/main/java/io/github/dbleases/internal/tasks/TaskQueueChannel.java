package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskQueue;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a runner use a queue of the application's own, which says how many tasks it has finished, but not which. */
final class TaskQueueChannel<T> implements TaskChannel<T> {

    private static final Logger log = LoggerFactory.getLogger(TaskQueueChannel.class);

    private final TaskQueue<T> queue;

    TaskQueueChannel(TaskQueue<T> queue) {
        this.queue = queue;
    }

    @Override
    public void check() {}

    @Override
    public Object scope() {
        return queue;
    }

    /** Its contract says so. Failures are remembered all the same, for the delays to grow. */
    @Override
    public boolean keepsFailures() {
        return false;
    }

    /** Which of the finished tasks were lost is not known if some were: as many of them stand for those. */
    @Override
    public TaskReply<T> exchange(TaskRequest<T> request) {
        long session = request.session();
        List<ClaimedTask<T>> lost = List.of();
        if (!request.finished().isEmpty()) {
            int missing = missing(session, request.finished());
            lost = request.finished().subList(0, missing);
            if (missing > 0 && missing < request.finished().size()) {
                log.warn(
                        "Of {} tasks, {} were not finished, because session {} does not hold them any more; the queue"
                                + " does not say which",
                        request.finished().size(),
                        missing,
                        session);
            }
        }
        List<ClaimedTask<T>> givenUp = new ArrayList<>();
        for (TaskRequest.Failed<T> failed : request.failed()) {
            if (queue.fail(session, failed.failure())) {
                givenUp.add(failed.claimed());
            }
        }
        if (!request.released().isEmpty()) {
            queue.release(session, ClaimedTask.tasksOf(request.released()));
        }
        List<ClaimedTask<T>> claimed = new ArrayList<>();
        boolean more = false;
        if (request.claim() != null) {
            queue.claim(request.claim().claim()).forEach(task -> claimed.add(new ClaimedTask<>(task, task, 0)));
            more = claimed.size() >= request.claim().claim().limit();
        }
        return new TaskReply<>(claimed, List.of(), more, lost, givenUp, List.of());
    }

    /**
     * A difference is an exception if it is not clear which task it concerns: the transaction is rolled back, and each task is
     * tried alone.
     */
    @Override
    public List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks) {
        int missing = missing(session, tasks);
        if (missing == 0) {
            return List.of();
        }
        if (missing == tasks.size()) {
            return tasks;
        }
        throw new IllegalStateException(
                ("Of %d tasks, %d were not finished, because session %d does not hold them any more; the queue does not"
                                + " say which.")
                        .formatted(tasks.size(), missing, session));
    }

    private int missing(long session, List<ClaimedTask<T>> tasks) {
        int finished = queue.finish(session, ClaimedTask.tasksOf(tasks));
        return Math.max(0, Math.min(tasks.size(), tasks.size() - finished));
    }

    @Override
    @SuppressWarnings("unchecked") // the id of a task is the task
    public void releaseAllBut(long session, Collection<Object> known) {
        queue.releaseAllBut(session, (Collection<T>) (Collection<?>) known);
    }

    @Override
    public Optional<Duration> oldestPending() {
        return queue.oldestPending();
    }
}
