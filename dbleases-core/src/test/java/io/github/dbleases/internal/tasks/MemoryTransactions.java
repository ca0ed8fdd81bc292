package io.github.dbleases.internal.tasks;

import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import io.github.dbleases.spi.tasks.TaskTransactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Transactions on a queue in memory: a rollback undoes what was finished. Also the channel of its runner. */
final class MemoryTransactions implements TaskTransactions, TaskChannel<String> {

    private final MemoryQueue queue;
    private final ThreadLocal<Runnable> undo = ThreadLocal.withInitial(() -> () -> {});
    private int lostCommits;
    private int failedCommits;

    MemoryTransactions(MemoryQueue queue) {
        this.queue = queue;
    }

    /** Makes the next commit succeed and throw. */
    synchronized void loseNextCommit() {
        lostCommits++;
    }

    /** Makes the next commit fail and throw. */
    synchronized void failNextCommit() {
        failedCommits++;
    }

    /** Cancels all planned failures. */
    synchronized void heal() {
        lostCommits = 0;
        failedCommits = 0;
    }

    @Override
    public <R> R call(Callable<R> work) throws Exception {
        undo.set(() -> {});
        R result;
        try {
            result = work.call();
        } catch (Throwable failure) {
            undo.get().run();
            throw failure;
        }
        synchronized (this) {
            if (failedCommits > 0) {
                failedCommits--;
                undo.get().run();
                throw new IllegalStateException("The commit failed.");
            }
            if (lostCommits > 0) {
                lostCommits--;
                throw new IllegalStateException("The outcome of the commit is unknown.");
            }
        }
        return result;
    }

    @Override
    public List<ClaimedTask<String>> finish(long session, List<ClaimedTask<String>> tasks) {
        List<ClaimedTask<String>> lost = queue.finish(session, tasks);
        List<ClaimedTask<String>> finished = new ArrayList<>(tasks);
        finished.removeAll(lost);
        undo.set(() -> queue.rollBack(session, finished));
        return lost;
    }

    @Override
    public Object scope() {
        return queue;
    }

    @Override
    public boolean keepsFailures() {
        return true;
    }

    @Override
    public void check() {
        queue.check();
    }

    @Override
    public TaskReply<String> exchange(TaskRequest<String> request) {
        return queue.exchange(request);
    }

    @Override
    public void releaseAllBut(long session, Collection<Object> known) {
        queue.releaseAllBut(session, known);
    }

    @Override
    public Optional<Duration> oldestPending() {
        return queue.oldestPending();
    }
}
