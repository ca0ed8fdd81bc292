package io.github.dbleases.tasks.runner;

import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.TaskSession;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.TaskWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A runner from its start to its stop: its threads, and how they end. The clerk is the last to go: when nothing is at work
 * any more and the queue has been told everything, or cannot be told in time.
 */
final class Shift<T> {

    private static final Logger log = LoggerFactory.getLogger(Shift.class);

    /** How long the queue may take to be told everything, however short the drain timeout is. */
    private static final Duration LEAST_TELLING = Duration.ofSeconds(1);

    private final TaskRunnerConfig config;
    private final TaskSession session;
    private final SharedDesk<T> desk;
    private final Clerk<T> clerk;
    private final Worker<T> worker;
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread clerkThread;
    private int started;
    private boolean interrupted;
    private volatile long closedAtNanos;
    private volatile boolean closing;

    Shift(TaskRunnerConfig config, TaskWork<T> work, TaskSession session, Reports<T> reports, Setting setting) {
        this.config = config;
        this.session = session;
        Clock clock = setting.clock();
        this.desk = new SharedDesk<>(
                new Desk<>(config, () -> ThreadLocalRandom.current().nextDouble(), clock.nanoTime()), session, clock);
        this.clerk = new Clerk<>(work.line(), session, desk, reports, setting.checked());
        this.worker = new Worker<>(desk, new Performer<>(work, reports), reports);
        this.clerkThread = Threads.platform(() -> run(setting.onEnd()), nameOf("clerk"));
    }

    /**
     * What a shift needs to know besides.
     *
     * @param checked whether the queue is known to be usable
     * @param onEnd is run by the last thread when nothing is at work any more
     */
    record Setting(Clock clock, boolean checked, Runnable onEnd) {}

    private String nameOf(String thread) {
        return "dbleases-" + config.name() + "-" + thread;
    }

    /** Goes on after other shifts under the same session, of which some may not have ended. */
    void follow(Supplier<Collection<ClaimedTask<T>>> known) {
        clerk.others(known);
        desk.call(shared -> {
            shared.follow();
            return true;
        });
    }

    /** Returns the tasks that it holds. */
    Collection<ClaimedTask<T>> known() {
        return desk.call(Desk::known);
    }

    void start() {
        clerkThread.start();
    }

    TaskSession session() {
        return session;
    }

    SharedDesk<T> desk() {
        return desk;
    }

    /** Looks for tasks now. */
    void wake() {
        desk.observe(shared -> {
            shared.wake(desk.now());
            return true;
        });
    }

    /** Begins nothing any more. */
    void close() {
        desk.call(shared -> {
            if (!closing) {
                closedAtNanos = desk.now();
                closing = true;
                shared.close(desk.now());
            }
            return true;
        });
    }

    boolean isClosing() {
        return closing;
    }

    /** Waits for the end up to the drain timeout, then interrupts what is at work. A thread of this shift does not wait. */
    void awaitEnd() {
        if (Thread.currentThread() == clerkThread || workers.contains(Thread.currentThread())) {
            return;
        }
        boolean working = desk.call(Desk::batchesAtWork) > 0;
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

    private void run(Runnable onEnd) {
        try {
            while (!isOver()) {
                runOnce();
            }
        } finally {
            ended.countDown();
            onEnd.run();
        }
    }

    private void runOnce() {
        try {
            boolean busy = clerk.step();
            startWorkers();
            if (!busy) {
                desk.rest();
            }
        } catch (InterruptedException interrupt) {
            log.debug("The clerk of runner {} was interrupted; it goes on until it is stopped", config.name());
        } catch (Throwable failure) {
            log.error("The clerk of runner {} has failed; it goes on", config.name(), failure);
            desk.call(shared -> {
                shared.failed(desk.now());
                return true;
            });
        }
    }

    private void startWorkers() {
        int wanted = desk.call(shared -> shared.batchesAtWork() + shared.readyBatches(desk.now()));
        while (started < Math.min(wanted, config.threads())) {
            Runnable work = () -> {
                workers.add(Thread.currentThread());
                try {
                    worker.run();
                } finally {
                    workers.remove(Thread.currentThread());
                }
            };
            Threads.worker(config.virtualThreads(), work, nameOf(String.valueOf(started + 1)))
                    .start();
            started++;
        }
    }

    private boolean isOver() {
        if (!closing) {
            return false;
        }
        long elapsed = desk.now() - closedAtNanos;
        if (elapsed >= config.drainTimeout().toNanos()) {
            interruptWorkers();
        }
        if (elapsed >= tellingTime().toNanos()) {
            abandon();
        }
        return desk.call(Desk::isEmpty);
    }

    private void abandon() {
        int abandoned = desk.call(shared -> shared.isStuck(desk.now()) ? shared.abandon() : 0);
        if (abandoned > 0) {
            log.warn(
                    "Runner {} could not tell its queue in time what has become of {} tasks: others take them when the session"
                            + " has ended, and may do them again",
                    config.name(),
                    abandoned);
        }
    }

    private synchronized void interruptWorkers() {
        List<Thread> atWork = new ArrayList<>(workers);
        if (!interrupted && !atWork.isEmpty()) {
            interrupted = true;
            log.warn(
                    "Runner {} has batches at work after its drain timeout of {} ms: their threads are interrupted",
                    config.name(),
                    config.drainTimeout().toMillis());
            atWork.forEach(Thread::interrupt);
        }
    }
}
