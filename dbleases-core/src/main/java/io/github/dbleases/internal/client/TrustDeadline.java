package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.Environment.Timer;
import io.github.dbleases.internal.client.Trust.Moment;
import java.time.Duration;

/**
 * Holds the trust in the session, and notifies an observer when it lapses and when it returns. Readers check {@link
 * #trust()} against the clocks themselves and don't depend on the notification.
 *
 * <p>Trust is divided into epochs. Whatever ends the right to everything that was granted begins another epoch
 * ({@link #drop}). That takes one assignment and no heap, and no earlier grant is ever trusted again (rule 11).
 */
final class TrustDeadline {

    /** An epoch in which nothing is ever granted. */
    static final long NO_EPOCH = 0;

    private final Environment environment;
    private final Duration time;
    private final Observer observer;
    private volatile Trust trust = Trust.NONE;
    private long epoch = NO_EPOCH + 1;
    private Notified notified = Notified.LAPSED;
    private Timer timer = Timer.NONE;

    /** Starts without trust. Each heartbeat gives trust for the given time. */
    TrustDeadline(Environment environment, Duration time, Observer observer) {
        this.environment = environment;
        this.time = time;
        this.observer = observer;
    }

    /**
     * Is notified of changes: at most one return between two lapses. A call that throws is repeated, so the observer
     * must keep track of what it has done already.
     */
    interface Observer {

        void trustLapsed();

        void trustReturned();
    }

    /** The last notification of the observer, or unknown if it threw. */
    private enum Notified {
        LAPSED,
        RETURNED,
        UNKNOWN
    }

    /** Returns the trust. May be called without the monitor. */
    Trust trust() {
        return trust;
    }

    /** Returns the current epoch, which is the epoch of new grants. */
    long epoch() {
        return epoch;
    }

    /** Extends the trust: it lasts for the given time from when a heartbeat was sent. */
    void extend(Moment sent) {
        noticeLapse();
        trust = Trust.since(sent, time, epoch);
        if (notified != Notified.RETURNED && trust.holds(environment.clock())) {
            notified = Notified.UNKNOWN;
            observer.trustReturned();
            notified = Notified.RETURNED;
        }
        watch();
    }

    /** Ends the trust and the epoch. Allocates nothing, because it must succeed without a heap. */
    void drop() {
        trust = Trust.NONE;
        epoch++;
    }

    /**
     * Returns whether the trust has lapsed since it was last extended, and first notifies the observer if necessary.
     */
    boolean noticeLapse() {
        boolean holds = trust.holds(environment.clock());
        if (!holds && notified != Notified.LAPSED) {
            notified = Notified.UNKNOWN;
            observer.trustLapsed();
            notified = Notified.LAPSED;
        }
        return !holds || notified != Notified.RETURNED;
    }

    /** Stops watching the deadline. The observer is not notified anymore. */
    void stopWatching() {
        timer.cancel();
    }

    private void watch() {
        timer.cancel();
        timer = environment.after(trust.remaining(environment.clock()).plusMillis(1), () -> {
            if (!noticeLapse()) {
                watch();
            }
        });
    }
}
