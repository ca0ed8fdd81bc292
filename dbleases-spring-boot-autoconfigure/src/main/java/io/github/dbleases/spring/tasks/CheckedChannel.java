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
 * A channel that checks more than its own queue, and runs an action before it finishes tasks.
 *
 * @param channel the channel for everything except the finish
 * @param finishing the channel that finishes tasks in the transaction of the calling thread
 * @param before the action before the finish, in the same transaction
 * @param further the check after that of the queue
 */
record CheckedChannel<T>(TaskChannel<T> channel, TaskChannel<T> finishing, Runnable before, Runnable further)
        implements TaskChannel<T> {

    @Override
    public void check() {
        channel.check();
        further.run();
    }

    @Override
    public Object scope() {
        return channel.scope();
    }

    @Override
    public boolean keepsFailures() {
        return channel.keepsFailures();
    }

    @Override
    public TaskReply<T> exchange(TaskRequest<T> request) {
        return channel.exchange(request);
    }

    @Override
    public List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks) {
        before.run();
        return finishing.finish(session, tasks);
    }

    @Override
    public void releaseAllBut(long session, Collection<Object> known) {
        channel.releaseAllBut(session, known);
    }

    @Override
    public Optional<Duration> oldestPending() {
        return channel.oldestPending();
    }
}
