package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskQueue;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects a runner to a queue of the application. The id of a task is the task itself. */
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

    /** The runner remembers failures, for the delays to grow. */
    @Override
    public boolean keepsFailures() {
        return false;
    }

    @Override
    public TaskReply<T> exchange(TaskRequest<T> request) {
        long session = request.session();
        List<ClaimedTask<T>> lost =
                request.finished().isEmpty() ? List.of() : finish(session, request.finished(), log::warn);
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

    /** Throws if the queue says of unknown tasks that they are lost: the work on the known ones must not be committed. */
    @Override
    public List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks) {
        return finish(session, tasks, mistake -> {
            throw new IllegalStateException(mistake);
        });
    }

    private List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks, Consumer<String> complaint) {
        Set<@Nullable T> reported = new HashSet<>(queue.finish(session, ClaimedTask.tasksOf(tasks)));
        List<ClaimedTask<T>> lost =
                tasks.stream().filter(task -> reported.remove(task.task())).toList();
        if (!reported.isEmpty()) {
            complaint.accept(
                    "%s.finish returned tasks that it was not asked to finish: %s. Return those of its tasks that the session does not hold any more; tasks are compared by equals."
                            .formatted(queue.getClass().getName(), reported));
        }
        return lost;
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
