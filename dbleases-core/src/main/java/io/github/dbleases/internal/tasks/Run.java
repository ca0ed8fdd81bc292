package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.Tasker;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.spi.tasks.TaskWork;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner from a start to a stop: its threads, and how they end. The queue loop is the last to go: when nothing is at work
 * any more and the queue knows everything, or cannot be told in time.
 */
final class Run<T> {

    private static final Logger log = LoggerFactory.getLogger(Run.class);

    /** How long it may take to tell the queue everything, however short the drain timeout is. */
    private static final Duration LEAST_TELLING = Duration.ofSeconds(1);

    private final TaskRunnerConfig config;
    private final TaskSession session;
    private final SharedState<T> state;
    private final QueueLoop<T> loop;
    private final BatchExecutor<T> executor;
    private final RunnerReporter<T> reporter;
    private final Object queue;
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
    private final Map<Batch<T>, Thread> atWork = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread loopThread;
    private int started;
    private boolean interrupted;
    private volatile long closedAtNanos;
    private volatile boolean closing;

    /**
     * Prepares a run.
     *
     * @param checked whether the queue is known to be usable
     * @param onEnd is run by the last thread when nothing is at work any more
     */
    Run(
            TaskRunnerConfig config,
            TaskWork<T> work,
            TaskSession session,
            RunnerReporter<T> reporter,
            Clock clock,
            boolean checked,
            Runnable onEnd) {
        this.config = config;
        this.session = session;
        this.reporter = reporter;
        this.queue = work.line().scope();
        this.state = new SharedState<>(
                new RunnerState<>(
                        config,
                        batchSize(config, work),
                        !work.line().keepsFailures(),
                        () -> ThreadLocalRandom.current().nextDouble(),
                        clock.nanoTime()),
                session,
                clock);
        this.loop = new QueueLoop<>(work.line(), session, state, reporter, QueueScope.join(queue, this), checked);
        this.executor = new BatchExecutor<>(work, reporter);
        this.loopThread = platformThread(() -> runLoop(onEnd), nameOf("queue"));
    }

    /** A tasker that wants its tasks one by one gets them so, unless several are finished in one transaction. */
    static <T> int batchSize(TaskRunnerConfig config, TaskWork<T> work) {
        Tasker<T> tasker = work.tasker();
        return tasker.oneByOne() && work.transactions() == null ? 1 : config.batchSize();
    }

    private String nameOf(String thread) {
        return "dbleases-" + config.name() + "-" + thread;
    }

    /** Goes on after other runs under the same session, of which some may not have ended. */
    void follow() {
        state.change(RunnerState::follow);
    }

    /** Returns the ids of the tasks that it holds under a session. */
    Collection<Object> known(long id) {
        return state.call(now -> now.known(id));
    }

    void start() {
        loopThread.start();
    }

    /** It did not start, or has ended. */
    void forget() {
        QueueScope.leave(queue, this);
    }

    TaskSession session() {
        return session;
    }

    SharedState<T> state() {
        return state;
    }

    /** Looks for tasks now. */
    void wake() {
        state.observe(now -> {
            now.wake(state.now());
            return true;
        });
    }

    /** Begins nothing any more. */
    void close() {
        state.change(now -> {
            if (!closing) {
                closedAtNanos = state.now();
                closing = true;
                now.close(state.now());
            }
        });
    }

    boolean isClosing() {
        return closing;
    }

    /** Waits for the end up to the drain timeout, then interrupts what is at work. A thread of this run does not wait. */
    void awaitEnd() {
        if (Thread.currentThread() == loopThread || workers.contains(Thread.currentThread())) {
            return;
        }
        boolean working = state.call(RunnerState::batchesAtWork) > 0;
        Duration time = working ? config.drainTimeout() : tellingTime();
        try {
            if (!ended.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                interruptWorkers();
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration tellingTime() {
        return config.drainTimeout().compareTo(LEAST_TELLING) < 0 ? LEAST_TELLING : config.drainTimeout();
    }

    // ---- The queue loop

    private void runLoop(Runnable onEnd) {
        try {
            while (!isOver()) {
                stepLoop();
            }
        } finally {
            ended.countDown();
            forget();
            onEnd.run();
        }
    }

    private void stepLoop() {
        try {
            boolean busy = loop.step();
            startWorkers();
            watch();
            if (!busy) {
                state.rest();
            }
        } catch (InterruptedException interrupt) {
            log.debug("The queue loop of runner {} was interrupted; it goes on until it is stopped", config.name());
        } catch (Throwable failure) {
            log.error("The queue loop of runner {} has failed; it goes on", config.name(), failure);
            state.change(now -> now.pause(state.now()));
        }
    }

    /** Looks for tasks that take too long, and for such that wait behind them. */
    private void watch() {
        for (Batch<T> batch : state.call(now -> now.newlyOverdue(state.now()))) {
            Thread thread = atWork.get(batch);
            if (thread != null) {
                long millis = TimeUnit.NANOSECONDS.toMillis(state.now() - batch.begunAt());
                reporter.overdue(batch, millis, thread);
                thread.interrupt();
            }
        }
        int stuck = state.call(now -> now.giveBackStuck(state.now()));
        if (stuck > 0) {
            reporter.givenBack(stuck, config.threads());
        }
        reporter.breaker(state.call(RunnerState::isBroken));
    }

    private void startWorkers() {
        int wanted = state.call(now -> now.batchesAtWork() + now.readyBatches());
        while (started < Math.min(wanted, config.threads())) {
            workerThread(config.virtualThreads(), this::runWorker, nameOf(String.valueOf(started + 1)))
                    .start();
            started++;
        }
    }

    private boolean isOver() {
        if (!closing) {
            return false;
        }
        long elapsed = state.now() - closedAtNanos;
        if (elapsed >= config.drainTimeout().toNanos()) {
            interruptWorkers();
        }
        if (elapsed >= tellingTime().toNanos()) {
            abandon();
        }
        return state.call(RunnerState::isEmpty);
    }

    private void abandon() {
        int abandoned = state.call(now -> now.abandonIfStuck(state.now()));
        if (abandoned > 0) {
            log.warn(
                    "Runner {} could not tell its queue in time what has become of {} tasks: others take them when the session"
                            + " has ended, and may do them again",
                    config.name(),
                    abandoned);
        }
    }

    private synchronized void interruptWorkers() {
        List<Thread> running = new ArrayList<>(workers);
        if (!interrupted && !running.isEmpty()) {
            interrupted = true;
            log.warn(
                    "Runner {} has batches at work after its drain timeout of {} ms: their threads are interrupted",
                    config.name(),
                    config.drainTimeout().toMillis());
            running.forEach(Thread::interrupt);
        }
    }

    // ---- The threads that work

    private void runWorker() {
        workers.add(Thread.currentThread());
        try {
            for (@Nullable Batch<T> batch = state.awaitBatch(); batch != null; batch = state.awaitBatch()) {
                perform(batch);
            }
        } finally {
            workers.remove(Thread.currentThread());
        }
    }

    /** Works on one batch if there is one, and returns whether there was. */
    boolean step() {
        @Nullable Batch<T> batch = state.take();
        if (batch != null) {
            perform(batch);
        }
        return batch != null;
    }

    /** Does one thing of the queue loop, and returns whether there was one. */
    boolean stepQueue() {
        boolean busy = loop.step();
        watch();
        return busy;
    }

    private void perform(Batch<T> batch) {
        if (!state.isTrusted(batch.session())) {
            state.observe(now -> {
                now.putBack(batch, state.now());
                return true;
            });
            return;
        }
        if (batch.isRetries()) {
            reporter.retried(batch.size());
        }
        BatchOutcome<T> outcome;
        atWork.put(batch, Thread.currentThread());
        try {
            outcome = executor.perform(batch, () -> state.change(now -> now.beginNext(batch, state.now())));
        } catch (Throwable failure) {
            outcome = BatchOutcome.thrown(batch, failure, true);
        } finally {
            atWork.remove(batch);
        }
        BatchOutcome<T> known = outcome;
        reporter.settled(state.observe(now -> now.done(batch, known, state.now())));
    }

    private static Thread platformThread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Makes a virtual thread if that is asked for and there are any (from Java 21 on). */
    private static Thread workerThread(boolean virtual, Runnable work, String name) {
        if (virtual) {
            try {
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                Class<?> type = Class.forName("java.lang.Thread$Builder");
                Method named = type.getMethod("name", String.class);
                return (Thread) type.getMethod("unstarted", Runnable.class).invoke(named.invoke(builder, name), work);
            } catch (ReflectiveOperationException before21) {
                return platformThread(work, name);
            }
        }
        return platformThread(work, name);
    }
}
