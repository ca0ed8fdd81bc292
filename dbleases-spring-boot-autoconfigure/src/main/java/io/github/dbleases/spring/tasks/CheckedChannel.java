package io.github.dbleases.spring.tasks;

import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A line that checks more than its own queue, and does something before it finishes.
 *
 * @param line the line
 * @param finishing the line that finishes in the transaction of the calling thread
 * @param before is run before that, in the same transaction
 * @param further what is checked after the queue
 */
record CheckedChannel<T>(TaskChannel<T> line, TaskChannel<T> finishing, Runnable before, Runnable further)
        implements TaskChannel<T> {

    @Override
    public void check() {
        line.check();
        further.run();
    }

    @Override
    public Object scope() {
        return line.scope();
    }

    @Override
    public boolean keepsFailures() {
        return line.keepsFailures();
    }

    @Override
    public TaskReply<T> exchange(TaskRequest<T> request) {
        return line.exchange(request);
    }

    @Override
    public List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks) {
        before.run();
        return finishing.finish(session, tasks);
    }

    @Override
    public void releaseAllBut(long session, Collection<Object> known) {
        line.releaseAllBut(session, known);
    }

    @Override
    public Optional<Duration> oldestPending() {
        return line.oldestPending();
    }
}
