package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real environment: the system's clocks, a thread for heartbeats and hints, one for other work, one for timers, and
 * one for each running listener. All of them are daemon threads.
 */
final class ThreadedEnvironment implements Environment {

    private static final Logger log = LoggerFactory.getLogger(ThreadedEnvironment.class);
    private static final SecureRandom IDS = new SecureRandom();

    /** How long a thread without a listener to run is kept while the client is started. */
    private static final Duration LISTENER_KEEP_ALIVE = Duration.ofMinutes(1);

    private final Object monitor = new Object();
    private final LeaseClientConfig config;
    private final Supplier<LeaseStore> store;
    private final Duration idle;
    private final ThreadLoop<HeartbeatChannel> heartbeatLoop;
    private final ThreadLoop<WorkChannel> workLoop;
    private final ThreadPoolExecutor listeners;
    private volatile LongSupplier session = () -> 0;
    private volatile Runnable onHint = () -> {};
    private @Nullable Threads threads;

    /**
     * Creates an environment without threads. The work channel is idle if there is no work for a little longer than the
     * interval of audits.
     *
     * @param store asked for at each start
     */
    ThreadedEnvironment(LeaseClientConfig config, Supplier<LeaseStore> store) {
        this.config = config;
        this.store = store;
        this.idle = config.timing().ttl().plus(config.timing().heartbeat().multipliedBy(2));
        this.heartbeatLoop = new ThreadLoop<>(clock(), monitor, this::awaitHint);
        this.workLoop = new ThreadLoop<>(clock(), monitor, this::awaitWork);
        AtomicInteger number = new AtomicInteger();
        this.listeners = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                0,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                action -> daemon(new ListenerThread(action), "listener-" + number.incrementAndGet()));
    }

    /** The threads from a start to the next shutdown, and their channels. */
    private final class Threads {

        private final HeartbeatChannel heartbeats;
        private final WorkChannel work;
        private final Thread heartbeatThread;
        private final Thread workThread;
        private final ScheduledThreadPoolExecutor timers;

        private Threads(LeaseStore store) {
            this.heartbeats = store.heartbeatChannel(config.timing());
            this.work = store.workChannel(config.timing());
            this.heartbeatThread = daemon(() -> run(heartbeatLoop.worker(heartbeats), heartbeats::close), "heartbeat");
            this.workThread = daemon(() -> run(workLoop.worker(work), work::close), "work");
            this.timers = new ScheduledThreadPoolExecutor(1, action -> daemon(action, "timer"));
            this.timers.setRemoveOnCancelPolicy(true);
        }

        private void start() {
            timers.prestartCoreThread();
            heartbeatThread.start();
            workThread.start();
        }

        /** Closes the channels, which ends calls in progress. */
        private void close(CompletableFuture<Void> closed) {
            try {
                heartbeats.close();
                work.close();
                heartbeatThread.interrupt();
                workThread.interrupt();
            } finally {
                closed.complete(null);
            }
        }
    }

    @Override
    public void start(LongSupplier currentSession, Runnable hinted) {
        session = currentSession;
        onHint = hinted;
        listeners.setKeepAliveTime(LISTENER_KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS);
        Threads started = new Threads(store.get());
        threads = started;
        started.start();
    }

    @Override
    public void shutdown(CompletableFuture<Void> closed) {
        Threads ending = threads;
        if (ending == null) {
            closed.complete(null);
            return;
        }
        heartbeatLoop.stop();
        workLoop.stop();
        ending.timers.shutdownNow();
        threads = null;
        try {
            listeners.execute(() -> ending.close(closed));
        } catch (Throwable noThread) {
            ending.close(closed);
        }
        // A listener that is still working must be told to stop when it returns. The threads end when they are idle.
        listeners.setKeepAliveTime(0, TimeUnit.SECONDS);
    }

    /**
     * When the worker ends, its thread closes the channel, because a call that began in the meantime may have connected
     * again.
     */
    private static void run(Runnable worker, Runnable close) {
        worker.run();
        close.run();
    }

    private Thread daemon(Runnable action, String part) {
        return daemon(new Thread(action), part);
    }

    private Thread daemon(Thread thread, String part) {
        thread.setName("dbleases-" + config.clientId() + "-" + part);
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

    private void awaitHint(ThreadLoop<HeartbeatChannel>.Worker worker, Duration atMost) throws InterruptedException {
        long id = session.getAsLong();
        if (id == 0) {
            worker.awaitSubmission(atMost);
            return;
        }
        try {
            if (worker.channel().awaitHint(id, atMost)) {
                onHint.run();
            }
        } catch (StoreUnavailableException broken) {
            log.debug("Hints cannot be received until the next heartbeat: {}", broken.getMessage());
            worker.awaitSubmission(atMost);
        }
    }

    private void awaitWork(ThreadLoop<WorkChannel>.Worker worker, Duration atMost) throws InterruptedException {
        if (atMost.compareTo(idle) < 0) {
            worker.awaitSubmission(atMost);
        } else if (!worker.awaitSubmission(idle)) {
            worker.channel().idle();
            worker.awaitSubmission(atMost);
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
    public RequestLoop<HeartbeatChannel> heartbeatLoop() {
        return heartbeatLoop;
    }

    @Override
    public RequestLoop<WorkChannel> workLoop() {
        return workLoop;
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        Threads current = threads;
        if (current == null) {
            return Timer.NONE;
        }
        try {
            Future<?> future =
                    current.timers.schedule(() -> guarded(action), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
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
            log.error("A timer of client {} failed", config.clientId(), failure);
        }
    }

    @Override
    public Executor listeners() {
        return listeners;
    }

    @Override
    public Executor observers() {
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
}
