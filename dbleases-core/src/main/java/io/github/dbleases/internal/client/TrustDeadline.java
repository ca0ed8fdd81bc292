package io.github.dbleases.internal.client;

import io.github.dbleases.internal.client.Environment.Timer;
import io.github.dbleases.internal.client.Trust.Moment;
import java.time.Duration;

/**
 * The trust in the session, and who is told when it lapses and when it returns. Readers ask {@link #trust()} and the
 * clocks themselves; being told comes after.
 *
 * <p>Trust goes by epochs. Whatever ends the right to all that was granted begins another epoch ({@link #drop}): one
 * assignment, which needs no heap, and nothing that was granted before is trusted ever again.
 */
final class TrustDeadline {

    /** The epoch of nothing. */
    static final long NO_EPOCH = 0;

    private final Environment environment;
    private final Duration time;
    private final Observer observer;
    private volatile Trust trust = Trust.NONE;
    private long epoch = NO_EPOCH + 1;
    private Told told = Told.LAPSED;
    private Timer timer = Timer.NONE;

    /** Trusts nothing yet; each heartbeat gives trust for a time. */
    TrustDeadline(Environment environment, Duration time, Observer observer) {
        this.environment = environment;
        this.time = time;
        this.observer = observer;
    }

    /**
     * Is told of changes; each lapse is followed by at most one return before the next lapse. If it throws, it is told
     * again; so it must know by itself what it has done already.
     */
    interface Observer {

        void trustLapsed();

        void trustReturned();
    }

    /** What the observer was told last; unknown if it threw while it was told. */
    private enum Told {
        LAPSED,
        RETURNED,
        UNKNOWN
    }

    /** Returns the trust. May be called without the monitor. */
    Trust trust() {
        return trust;
    }

    /** Returns the epoch in which what is granted now is granted. */
    long epoch() {
        return epoch;
    }

    /** Trusts until the time has passed since a heartbeat was sent. */
    void extend(Moment sent) {
        noticeLapse();
        trust = Trust.since(sent, time, epoch);
        if (told != Told.RETURNED && trust.holds(environment.clock())) {
            told = Told.UNKNOWN;
            observer.trustReturned();
            told = Told.RETURNED;
        }
        watch();
    }

    /** Ends the trust, and the epoch. Allocates nothing: it must succeed without a heap. */
    void drop() {
        trust = Trust.NONE;
        epoch++;
    }

    /** Returns whether the trust has lapsed since it was last extended; if the observer does not know, it is told first. */
    boolean noticeLapse() {
        boolean holds = trust.holds(environment.clock());
        if (!holds && told != Told.LAPSED) {
            told = Told.UNKNOWN;
            observer.trustLapsed();
            told = Told.LAPSED;
        }
        return !holds || told != Told.RETURNED;
    }

    /** Tells the observer nothing any more. */
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
