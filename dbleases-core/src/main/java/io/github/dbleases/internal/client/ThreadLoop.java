package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.Environment.RequestLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop that runs requests on a thread of its own. While no request is due, it waits as {@link IdleWait} does.
 *
 * <p>Only {@link #stop()} ends the thread, and no request is lost. If a request fails and, for lack of memory, cannot
 * even handle its failure, it is attempted again a little later. The code that ensures this allocates nothing.
 */
final class ThreadLoop implements RequestLoop {

    private static final Logger log = LoggerFactory.getLogger(ThreadLoop.class);

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final long PAUSE_MILLIS = 100;

    private final Clock clock;
    private final Object monitor;
    private final IdleWait idleWait;
    private final Object lock = new Object();
    private final Queue<Due> queue = new PriorityQueue<>();
    private long submitted;
    private boolean stopped;
    private @Nullable Due underWay;

    ThreadLoop(Clock clock, Object monitor, IdleWait idleWait) {
        this.clock = clock;
        this.monitor = monitor;
        this.idleWait = idleWait;
    }

    /** Waits while no request is due. */
    @FunctionalInterface
    interface IdleWait {

        /**
         * Waits, at most until the next request is due.
         *
         * @param loop offers {@link #awaitSubmission}
         */
        void untilDue(ThreadLoop loop, Duration atMost) throws InterruptedException;
    }

    @Override
    public void submit(Duration delay, Request<?> request) {
        submit(clock.nanoTime() + delay.toNanos(), false, request);
    }

    @Override
    public void submitFirst(Request<?> request) {
        submit(clock.nanoTime(), true, request);
    }

    private void submit(long nanos, boolean first, Request<?> request) {
        synchronized (lock) {
            queue.add(new Due(nanos, first, submitted, request));
            submitted++;
            lock.notifyAll();
        }
    }

    /** Ends the thread after the request in progress. */
    void stop() {
        synchronized (lock) {
            stopped = true;
            lock.notifyAll();
        }
    }

    /**
     * Waits until a request is submitted or due or the loop is stopped, at most for the given time.
     *
     * @return whether there is something to do
     */
    boolean awaitSubmission(Duration atMost) throws InterruptedException {
        synchronized (lock) {
            long before = submitted;
            long end = clock.nanoTime() + atMost.toNanos();
            long left = atMost.toNanos();
            while (!stopped && submitted == before && left > 0 && !isDue()) {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
                left = end - clock.nanoTime();
            }
            return stopped || submitted != before || isDue();
        }
    }

    private boolean isDue() {
        return !queue.isEmpty() && nanosUntil(queue.element()) <= 0;
    }

    private boolean isStopped() {
        synchronized (lock) {
            return stopped;
        }
    }

    /** Runs requests until the loop is stopped. */
    void run() {
        while (!isStopped()) {
            try {
                step();
            } catch (Throwable failure) {
                retryLater(failure);
            }
        }
    }

    /** Runs the next request, or waits. */
    private void step() {
        Due next = underWay != null ? underWay : take();
        if (next != null) {
            underWay = next;
            attempt(next.request);
            underWay = null;
        } else {
            waitUntilDue(Duration.ofNanos(nanosUntilNext()));
        }
    }

    private @Nullable Due take() {
        synchronized (lock) {
            return isDue() ? queue.remove() : null;
        }
    }

    private long nanosUntilNext() {
        synchronized (lock) {
            return queue.isEmpty() ? LONGEST_WAIT.toNanos() : Math.max(0, nanosUntil(queue.element()));
        }
    }

    private <T> void attempt(Request<T> request) {
        try {
            Optional<Supplier<T>> call;
            synchronized (monitor) {
                call = request.prepare();
            }
            if (call.isPresent()) {
                T answer = call.get().get();
                synchronized (monitor) {
                    request.done(answer);
                }
            }
        } catch (RuntimeException failure) {
            fail(request, failure);
        } catch (Throwable error) {
            fail(request, new IllegalStateException("A request failed with an error", error));
        }
    }

    private void fail(Request<?> request, RuntimeException failure) {
        synchronized (monitor) {
            request.failed(failure);
        }
    }

    /** Queues the request in progress again, after the others. If that fails too, the request stays in progress. */
    private void retryLater(Throwable failure) {
        try {
            Due failed = underWay;
            if (failed == null) {
                pause();
            } else {
                synchronized (lock) {
                    failed.first = false;
                    failed.nanos = clock.nanoTime() + PAUSE_MILLIS * 1_000_000;
                    queue.add(failed);
                }
                underWay = null;
            }
            log.error("A request could not handle its failure and is tried again", failure);
        } catch (Throwable further) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException ignored) {
            // Only stop() ends the loop.
        }
    }

    private void waitUntilDue(Duration atMost) {
        try {
            try {
                idleWait.untilDue(this, atMost);
            } catch (RuntimeException | Error failure) {
                log.error("A loop cannot receive hints and waits without them", failure);
                awaitSubmission(atMost);
            }
        } catch (InterruptedException ignored) {
            log.debug("A loop was interrupted and continues until it is stopped");
        }
    }

    private long nanosUntil(Due due) {
        return due.nanos - clock.nanoTime();
    }

    /** A request and when it is due. Of two that are due at the same time, the one submitted first comes first. */
    private static final class Due implements Comparable<Due> {

        private long nanos;
        private boolean first;
        private final long number;
        private final Request<?> request;

        private Due(long nanos, boolean first, long number, Request<?> request) {
            this.nanos = nanos;
            this.first = first;
            this.number = number;
            this.request = request;
        }

        @Override
        public int compareTo(Due other) {
            if (first != other.first) {
                return first ? -1 : 1;
            }
            return nanos == other.nanos ? Long.compare(number, other.number) : Long.signum(nanos - other.nanos);
        }
    }
}
