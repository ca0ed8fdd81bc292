package io.github.dbleases.client;

import io.github.dbleases.client.Environment.Lane;
import java.time.Duration;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lane on a thread of its own, which no exception ends. While no request is due, it does what {@link Rest} says. */
final class ThreadLane implements Lane {

    private static final Logger log = LoggerFactory.getLogger(ThreadLane.class);

    private static final Duration LONGEST_REST = Duration.ofMinutes(1);

    private final Clock clock;
    private final Object monitor;
    private final Rest rest;
    private final Object lock = new Object();
    private final Queue<Due> queue = new PriorityQueue<>();
    private long submitted;
    private boolean stopped;

    ThreadLane(Clock clock, Object monitor, Rest rest) {
        this.clock = clock;
        this.monitor = monitor;
        this.rest = rest;
    }

    /** What a lane does while no request is due. */
    @FunctionalInterface
    interface Rest {

        /**
         * Waits, not longer than until the next request is due.
         *
         * @param lane can be waited on; it is notified when a request is submitted
         */
        void untilDue(ThreadLane lane, Duration atMost) throws InterruptedException;
    }

    @Override
    public void submit(Duration delay, Request<?> request) {
        synchronized (lock) {
            queue.add(new Due(clock.nanoTime() + delay.toNanos(), submitted++, request));
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
     * Waits until a request is submitted or the lane is stopped, for a time at most.
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

    /** Does the requests until the lane is stopped. */
    void run() {
        while (true) {
            Due due;
            Duration rest;
            synchronized (lock) {
                if (stopped) {
                    return;
                }
                long nanos = queue.isEmpty() ? LONGEST_REST.toNanos() : nanosUntil(queue.element());
                due = nanos <= 0 ? queue.remove() : null;
                rest = Duration.ofNanos(nanos);
            }
            if (due != null) {
                attempt(due.request);
            } else {
                rest(rest);
            }
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
        try {
            synchronized (monitor) {
                request.failed(failure);
            }
        } catch (Throwable error) {
            log.error("A request could not take its failure", error);
        }
    }

    private void rest(Duration atMost) {
        try {
            try {
                rest.untilDue(this, atMost);
            } catch (RuntimeException | Error failure) {
                log.error("A lane could not rest as it should; it only waits", failure);
                awaitSubmission(atMost);
            }
        } catch (InterruptedException ignored) {
            log.debug("A lane was interrupted; it goes on until it is stopped");
        }
    }

    private long nanosUntil(Due due) {
        return due.nanos - clock.nanoTime();
    }

    /** A request and when it is due; of two at the same time, the one that was submitted first. */
    private record Due(long nanos, long number, Request<?> request) implements Comparable<Due> {

        @Override
        public int compareTo(Due other) {
            return nanos == other.nanos ? Long.compare(number, other.number) : Long.signum(nanos - other.nanos);
        }
    }
}
