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
 * A loop on a thread of its own. While no request is due, it does what {@link IdleWait} says.
 *
 * <p>Nothing ends the thread but {@link #stop()}, and no request is lost: one that could neither be done nor take its
 * failure, because there was no heap for it, is attempted again a little later. What has to succeed for that allocates
 * nothing.
 */
final class ThreadLoop implements RequestLoop {

    private static final Logger log = LoggerFactory.getLogger(ThreadLoop.class);

    private static final Duration LONGEST_REST = Duration.ofMinutes(1);
    private static final long PAUSE_MILLIS = 100;

    private final Clock clock;
    private final Object monitor;
    private final IdleWait rest;
    private final Object lock = new Object();
    private final Queue<Due> queue = new PriorityQueue<>();
    private long submitted;
    private boolean stopped;
    private @Nullable Due underWay;

    ThreadLoop(Clock clock, Object monitor, IdleWait rest) {
        this.clock = clock;
        this.monitor = monitor;
        this.rest = rest;
    }

    /** What a loop does while no request is due. */
    @FunctionalInterface
    interface IdleWait {

        /**
         * Waits, not longer than until the next request is due.
         *
         * @param loop can be waited on; it is notified when a request is submitted
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

    /** Ends the thread after the request that is under way. */
    void stop() {
        synchronized (lock) {
            stopped = true;
            lock.notifyAll();
        }
    }

    /**
     * Waits until a request is submitted or the loop is stopped, for a time at most.
     *
     * @return whether there is something to do
     */
    boolean awaitSubmission(Duration atMost) throws InterruptedException {
        synchronized (lock) {
            long before = submitted;
            long end = clock.nanoTime() + atMost.toNanos();
            long rest = atMost.toNanos();
            while (!stopped && submitted == before && rest > 0 && !isDue()) {
                TimeUnit.NANOSECONDS.timedWait(lock, rest);
                rest = end - clock.nanoTime();
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

    /** Does the requests until the loop is stopped. */
    void run() {
        while (!isStopped()) {
            try {
                step();
            } catch (Throwable failure) {
                retryLater(failure);
            }
        }
    }

    /** Does the next request, or rests. */
    private void step() {
        Due next = underWay != null ? underWay : take();
        if (next != null) {
            underWay = next;
            attempt(next.request);
            underWay = null;
        } else {
            rest(Duration.ofNanos(nanosUntilNext()));
        }
    }

    private @Nullable Due take() {
        synchronized (lock) {
            return isDue() ? queue.remove() : null;
        }
    }

    private long nanosUntilNext() {
        synchronized (lock) {
            return queue.isEmpty() ? LONGEST_REST.toNanos() : Math.max(0, nanosUntil(queue.element()));
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
            fail(request, new IllegalStateException("An attempt ended with an error", error));
        }
    }

    private void fail(Request<?> request, RuntimeException failure) {
        synchronized (monitor) {
            request.failed(failure);
        }
    }

    /** Lets the request that is under way fall due again, after the others; if that fails too, it stays under way. */
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
            log.error("A request could not take its failure; it is tried again", failure);
        } catch (Throwable further) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException ignored) {
            // It goes on until it is stopped.
        }
    }

    private void rest(Duration atMost) {
        try {
            try {
                rest.untilDue(this, atMost);
            } catch (RuntimeException | Error failure) {
                log.error("A loop could not rest as it should; it only waits", failure);
                awaitSubmission(atMost);
            }
        } catch (InterruptedException ignored) {
            log.debug("A loop was interrupted; it goes on until it is stopped");
        }
    }

    private long nanosUntil(Due due) {
        return due.nanos - clock.nanoTime();
    }

    /** A request and when it is due; of two at the same time, the one that was submitted first. */
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
