package io.github.dbleases.internal.tasks;

import io.github.dbleases.Registration;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.Tasker;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner from start to stop: its threads, and how they end. The thread of the queue loop ends last: when nothing is in
 * flight and the queue has confirmed everything, or cannot be reached in time.
 */
final class Run<T> implements TaskSessionListener {

    private static final Logger log = LoggerFactory.getLogger(Run.class);

    /** The least time to report outcomes to the queue, however short the drain timeout is. */
    private static final Duration MIN_REPORTING_TIME = Duration.ofSeconds(1);

    private final TaskRunnerConfig config;
    private final TaskSession session;
    private final SharedState<T> state;
    private final QueueLoop<T> loop;
    private final BatchExecutor<T> executor;
    private final RunnerReporter<T> reporter;
    private final Object queue;
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
    private final Map<Batch<T>, Thread> inFlight = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread loopThread;
    private Registration registration = () -> {};
    private int started;
    private boolean interrupted;
    private volatile long closedAtNanos;
    private volatile boolean closing;

    /**
     * Prepares a run.
     *
     * @param random spreads what instances do at the same time; from 0 to 1
     * @param checked whether the queue is known to be usable
     * @param onEnd is called by the last thread at the end
     */
    Run(
            TaskRunnerConfig config,
            TaskWork<T> work,
            TaskSession session,
            RunnerReporter<T> reporter,
            Clock clock,
            DoubleSupplier random,
            boolean checked,
            Consumer<Run<T>> onEnd) {
        this.config = config;
        this.session = session;
        this.reporter = reporter;
        this.queue = work.channel().scope();
        this.state = new SharedState<>(
                new RunnerState<>(
                        config, batchSize(config, work), !work.channel().keepsFailures(), random, clock.nanoTime()),
                session,
                clock);
        this.loop = new QueueLoop<>(work.channel(), session, state, reporter, QueueScope.join(queue, this), checked);
        this.executor = new BatchExecutor<>(work, reporter);
        this.loopThread = platformThread(() -> runLoop(onEnd), nameOf("queue"));
    }

    /** A tasker that takes tasks one by one gets batches of one, unless a transaction finishes several of them. */
    static <T> int batchSize(TaskRunnerConfig config, TaskWork<T> work) {
        Tasker<T> tasker = work.tasker();
        return tasker.oneByOne() && work.transactions() == null ? 1 : config.batchSize();
    }

    private String nameOf(String thread) {
        return "dbleases-" + config.name() + "-" + thread;
    }

    /** Follows other runs under the same session, which may not have ended. */
    void follow() {
        state.change(RunnerState::follow);
    }

    /** Returns the ids of the tasks that this run holds under a session. */
    Collection<Object> known(long id) {
        return state.call(now -> now.known(id));
    }

    void start() {
        registration = session.addListener(this);
        try {
            loopThread.start();
        } catch (Throwable noThread) {
            close();
            forget();
            throw noThread;
        }
    }

    private void forget() {
        registration.close();
        QueueScope.leave(queue, this);
    }

    @Override
    public void onChanged() {
        wake();
    }

    @Override
    public void onClosing() {
        close();
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

    /** Begins no more tasks. */
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

    /** Waits for the end, up to the drain timeout, and then interrupts the tasker. A thread of this run does not wait. */
    void awaitEnd() {
        if (Thread.currentThread() == loopThread || workers.contains(Thread.currentThread())) {
            return;
        }
        boolean working = state.call(RunnerState::batchesInFlight) > 0;
        Duration time = working ? config.drainTimeout() : reportingTime();
        try {
            if (!ended.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                interruptWorkers();
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration reportingTime() {
        return config.drainTimeout().compareTo(MIN_REPORTING_TIME) < 0 ? MIN_REPORTING_TIME : config.drainTimeout();
    }

    // ---- The queue loop

    private void runLoop(Consumer<Run<T>> onEnd) {
        try {
            while (!isOver()) {
                stepLoop();
            }
        } finally {
            ended.countDown();
            forget();
            onEnd.accept(this);
        }
    }

    private void stepLoop() {
        try {
            boolean busy = loop.step();
            startWorkers();
            watch();
            if (!busy) {
                state.awaitDue();
            }
        } catch (InterruptedException interrupt) {
            log.debug(
                    "The queue loop of runner {} was interrupted. It continues until the runner is stopped",
                    config.name());
        } catch (Throwable failure) {
            log.error("The queue loop of runner {} failed. It continues", config.name(), failure);
            state.change(now -> now.pause(state.now()));
        }
    }

    /** Interrupts batches that take too long, and releases tasks that wait behind them. */
    private void watch() {
        for (Batch<T> batch : state.call(now -> now.newlyOverdue(state.now()))) {
            Thread thread = inFlight.get(batch);
            if (thread != null) {
                long millis = TimeUnit.NANOSECONDS.toMillis(state.now() - batch.begunAt());
                reporter.overdue(batch, millis, thread);
                thread.interrupt();
            }
        }
        int released = state.call(now -> now.releaseStuck(state.now()));
        if (released > 0) {
            reporter.released(released, config.threads());
        }
        reporter.breaker(state.call(RunnerState::isBroken));
    }

    private void startWorkers() {
        int wanted = state.call(now -> now.batchesInFlight() + now.readyBatches());
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
        if (elapsed >= reportingTime().toNanos()) {
            abandon();
        }
        return state.call(RunnerState::isEmpty);
    }

    private void abandon() {
        int abandoned = state.call(now -> now.abandonIfStuck(state.now()));
        if (abandoned > 0) {
            log.warn(
                    "Runner {} could not report the outcome of {} tasks to its queue in time. Other sessions will take them"
                            + " when this session has ended, and may repeat them",
                    config.name(),
                    abandoned);
        }
    }

    private synchronized void interruptWorkers() {
        List<Thread> running = new ArrayList<>(workers);
        if (!interrupted && !running.isEmpty()) {
            interrupted = true;
            log.warn(
                    "Runner {} still has batches in progress after its drain timeout of {} ms, and interrupts their threads",
                    config.name(),
                    config.drainTimeout().toMillis());
            running.forEach(Thread::interrupt);
        }
    }

    // ---- The worker threads

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

    /** Performs one batch if there is one, and returns whether there was. For tests without threads. */
    boolean step() {
        @Nullable Batch<T> batch = state.take();
        if (batch != null) {
            perform(batch);
        }
        return batch != null;
    }

    /** Does one thing that is due for the queue, and returns whether there was one. For tests without threads. */
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
        reporter.begins(batch);
        if (batch.isRetries()) {
            reporter.retried(batch.size());
        }
        BatchOutcome<T> outcome;
        inFlight.put(batch, Thread.currentThread());
        try {
            outcome = executor.perform(batch, () -> state.change(now -> now.beginNext(batch, state.now())));
        } catch (Throwable failure) {
            outcome = BatchOutcome.thrown(batch, failure, true);
        } finally {
            inFlight.remove(batch);
        }
        BatchOutcome<T> known = outcome;
        reporter.report(state.observe(now -> now.done(batch, known, state.now())));
    }

    private static Thread platformThread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Creates a virtual thread if that is wanted and Java has them (from Java 21 on). */
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
