package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.WorkChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real environment: the system's clocks, a thread for heartbeats and hints, one for other work, one for timers, and
 * one for each running listener. All of them are daemon threads.
 */
final class ThreadedEnvironment implements Environment {

    private static final Logger log = LoggerFactory.getLogger(ThreadedEnvironment.class);
    private static final SecureRandom IDS = new SecureRandom();

    private final Object monitor = new Object();
    private final String name;
    private final Duration idle;
    private final HeartbeatChannel heartbeats;
    private final WorkChannel work;
    private final ThreadLoop heartbeatLoop;
    private final ThreadLoop workLoop;
    private final Thread heartbeatThread;
    private final Thread workThread;
    private final ScheduledThreadPoolExecutor timers;
    private final ThreadPoolExecutor listeners;
    private LongSupplier session = () -> 0;
    private Runnable onHint = () -> {};

    /** The work channel is idle if there is no work for a little longer than the interval of audits. */
    ThreadedEnvironment(LeaseClientConfig config, HeartbeatChannel heartbeats, WorkChannel work) {
        this.name = config.clientId();
        this.idle = config.timing().ttl().plus(config.timing().heartbeat().multipliedBy(2));
        this.heartbeats = heartbeats;
        this.work = work;
        this.heartbeatLoop = new ThreadLoop(clock(), monitor, this::awaitHint);
        this.workLoop = new ThreadLoop(clock(), monitor, this::awaitWork);
        this.heartbeatThread = daemon(() -> run(heartbeatLoop, heartbeats::close), "heartbeat");
        this.workThread = daemon(() -> run(workLoop, work::close), "work");
        this.timers = new ScheduledThreadPoolExecutor(1, action -> daemon(action, "timer"));
        this.timers.setRemoveOnCancelPolicy(true);
        AtomicInteger number = new AtomicInteger();
        this.listeners = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                60,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                action -> daemon(new ListenerThread(action), "listener-" + number.incrementAndGet()));
    }

    /**
     * Starts the threads.
     *
     * @param currentSession returns the session whose hints to await, or 0 if there is none
     * @param hinted called after a hint
     */
    void start(LongSupplier currentSession, Runnable hinted) {
        session = currentSession;
        onHint = hinted;
        timers.prestartCoreThread();
        heartbeatThread.start();
        workThread.start();
    }

    /**
     * When the loop ends, its thread closes the channel, because a call that began in the meantime may have connected
     * again.
     */
    private static void run(ThreadLoop loop, Runnable close) {
        loop.run();
        close.run();
    }

    private Thread daemon(Runnable action, String part) {
        return daemon(new Thread(action), part);
    }

    private Thread daemon(Thread thread, String part) {
        thread.setName("dbleases-" + name + "-" + part);
        thread.setDaemon(true);
        return thread;
    }

    /** A thread that runs listeners of this environment. */
    private final class ListenerThread extends Thread {

        private ListenerThread(Runnable action) {
            super(action);
        }

        private boolean isOf(ThreadedEnvironment environment) {
            return environment == ThreadedEnvironment.this;
        }
    }

    private void awaitHint(ThreadLoop loop, Duration atMost) throws InterruptedException {
        long id = session.getAsLong();
        if (id == 0) {
            loop.awaitSubmission(atMost);
            return;
        }
        try {
            if (heartbeats.awaitHint(id, atMost)) {
                onHint.run();
            }
        } catch (StoreUnavailableException broken) {
            log.debug("Hints cannot be received until the next heartbeat: {}", broken.getMessage());
            loop.awaitSubmission(atMost);
        }
    }

    private void awaitWork(ThreadLoop loop, Duration atMost) throws InterruptedException {
        if (atMost.compareTo(idle) < 0) {
            loop.awaitSubmission(atMost);
        } else if (!loop.awaitSubmission(idle)) {
            work.idle();
            loop.awaitSubmission(atMost);
        }
    }

    @Override
    public Clock clock() {
        return Clock.SYSTEM;
    }

    @Override
    public Object monitor() {
        return monitor;
    }

    @Override
    public RequestLoop heartbeatLoop() {
        return heartbeatLoop;
    }

    @Override
    public RequestLoop workLoop() {
        return workLoop;
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        try {
            Future<?> future =
                    timers.schedule(() -> guarded(action), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException shutDown) {
            return Timer.NONE;
        }
    }

    private void guarded(Runnable action) {
        try {
            synchronized (monitor) {
                action.run();
            }
        } catch (Throwable failure) {
            log.error("A timer of client {} failed", name, failure);
        }
    }

    @Override
    public Executor listeners() {
        return listeners;
    }

    @Override
    public boolean isListening() {
        return Thread.currentThread() instanceof ListenerThread thread && thread.isOf(this);
    }

    @Override
    public long randomId() {
        return IDS.nextLong(1, 1L << 53);
    }

    @Override
    public double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    @Override
    public void shutdown() {
        heartbeatLoop.stop();
        workLoop.stop();
        timers.shutdownNow();
        heartbeats.close();
        work.close();
        heartbeatThread.interrupt();
        workThread.interrupt();
        // A listener that is still working must be told to stop when it returns. The threads end when they are idle.
        listeners.setKeepAliveTime(0, TimeUnit.SECONDS);
    }
}
