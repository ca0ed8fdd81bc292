package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.Environment.RequestLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop that runs requests on a thread of its own. While no request is due, it waits as {@link IdleWait} does.
 *
 * <p>Only {@link #stop()} ends the thread. No request is lost: those that remain are run by the next {@link #worker}. If a
 * request fails and, for lack of memory, cannot even handle its failure, it is attempted again a little later. The code that
 * ensures this allocates nothing.
 *
 * @param <C> the channel of the requests
 */
final class ThreadLoop<C> implements RequestLoop<C> {

    private static final Logger log = LoggerFactory.getLogger(ThreadLoop.class);

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final long PAUSE_MILLIS = 100;

    private final Clock clock;
    private final Object monitor;
    private final IdleWait<C> idleWait;
    private final Object lock = new Object();
    private final Queue<Due<C>> queue = new PriorityQueue<>();
    private long submitted;
    private @Nullable Worker worker;

    ThreadLoop(Clock clock, Object monitor, IdleWait<C> idleWait) {
        this.clock = clock;
        this.monitor = monitor;
        this.idleWait = idleWait;
    }

    /**
     * Waits while no request is due.
     *
     * @param <C> the channel
     */
    @FunctionalInterface
    interface IdleWait<C> {

        /**
         * Waits, at most until the next request is due.
         *
         * @param worker offers {@link Worker#awaitSubmission}
         */
        void untilDue(ThreadLoop<C>.Worker worker, Duration atMost) throws InterruptedException;
    }

    @Override
    public void submit(Duration delay, Request<C, ?> request) {
        submit(clock.nanoTime() + delay.toNanos(), false, request);
    }

    @Override
    public void submitFirst(Request<C, ?> request) {
        submit(clock.nanoTime(), true, request);
    }

    private void submit(long nanos, boolean first, Request<C, ?> request) {
        synchronized (lock) {
            queue.add(new Due<>(nanos, first, submitted, request));
            submitted++;
            lock.notifyAll();
        }
    }

    /** Returns the worker that makes the requests from now on, for a thread to run. */
    Worker worker(C channel) {
        synchronized (lock) {
            Worker next = new Worker(channel);
            worker = next;
            return next;
        }
    }

    /** Ends the worker after its request in progress. */
    void stop() {
        synchronized (lock) {
            worker = null;
            lock.notifyAll();
        }
    }

    private boolean isDue() {
        return !queue.isEmpty() && nanosUntil(queue.element()) <= 0;
    }

    private @Nullable Due<C> take() {
        synchronized (lock) {
            return isDue() ? queue.remove() : null;
        }
    }

    private long nanosUntilNext() {
        synchronized (lock) {
            return queue.isEmpty() ? LONGEST_WAIT.toNanos() : Math.max(0, nanosUntil(queue.element()));
        }
    }

    private long nanosUntil(Due<C> due) {
        return due.nanos - clock.nanoTime();
    }

    /** Makes requests on one channel, until the loop is stopped or has another worker. */
    final class Worker implements Runnable {

        private final C channel;
        private @Nullable Due<C> underWay;

        private Worker(C channel) {
            this.channel = channel;
        }

        C channel() {
            return channel;
        }

        /**
         * Waits until a request is submitted or due or this worker is stopped, at most for the given time.
         *
         * @return whether there is something to do
         */
        boolean awaitSubmission(Duration atMost) throws InterruptedException {
            synchronized (lock) {
                long before = submitted;
                long end = clock.nanoTime() + atMost.toNanos();
                long left = atMost.toNanos();
                while (worker == this && submitted == before && left > 0 && !isDue()) {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                    left = end - clock.nanoTime();
                }
                return worker != this || submitted != before || isDue();
            }
        }

        private boolean isStopped() {
            synchronized (lock) {
                return worker != this;
            }
        }

        @Override
        public void run() {
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
            Due<C> next = underWay != null ? underWay : take();
            if (next != null) {
                underWay = next;
                attempt(next.request);
                underWay = null;
            } else {
                waitUntilDue(Duration.ofNanos(nanosUntilNext()));
            }
        }

        private <T> void attempt(Request<C, T> request) {
            try {
                Optional<Function<C, T>> call;
                synchronized (monitor) {
                    call = request.prepare();
                }
                if (call.isPresent()) {
                    T answer = call.get().apply(channel);
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

        private void fail(Request<C, ?> request, RuntimeException failure) {
            synchronized (monitor) {
                request.failed(failure);
            }
        }

        /** Queues the request in progress again, after the others. If that fails too, the request stays in progress. */
        private void retryLater(Throwable failure) {
            try {
                Due<C> failed = underWay;
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
    }

    /**
     * A request and when it is due. Of two that are due at the same time, the one submitted first comes first.
     *
     * @param <C> the channel
     */
    private static final class Due<C> implements Comparable<Due<C>> {

        private long nanos;
        private boolean first;
        private final long number;
        private final Request<C, ?> request;

        private Due(long nanos, boolean first, long number, Request<C, ?> request) {
            this.nanos = nanos;
            this.first = first;
            this.number = number;
            this.request = request;
        }

        @Override
        public int compareTo(Due<C> other) {
            if (first != other.first) {
                return first ? -1 : 1;
            }
            return nanos == other.nanos ? Long.compare(number, other.number) : Long.signum(nanos - other.nanos);
        }
    }
}
