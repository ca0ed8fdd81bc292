package io.github.dbleases.client;

import io.github.dbleases.client.Environment.Timer;
import io.github.dbleases.client.Trust.Moment;
import java.time.Duration;

/**
 * The trust in the session, and who is told when it lapses and when it returns. Readers ask {@link #trust()} and the
 * clocks themselves; being told comes after.
 */
final class TrustDeadline {

    private final Environment environment;
    private final Duration time;
    private final Observer observer;
    private volatile Trust trust = Trust.NONE;
    private boolean lapsed = true;
    private Timer timer = Timer.NONE;

    /** Trusts nothing yet; each heartbeat gives trust for a time. */
    TrustDeadline(Environment environment, Duration time, Observer observer) {
        this.environment = environment;
        this.time = time;
        this.observer = observer;
    }

    /** Is told of changes; each lapse is followed by at most one return before the next lapse. */
    interface Observer {

        void trustLapsed();

        void trustReturned();
    }

    /** Returns the trust. May be called without the monitor. */
    Trust trust() {
        return trust;
    }

    /** Trusts until the time has passed since a heartbeat was sent. */
    void extend(Moment sent) {
        noticeLapse();
        trust = Trust.since(sent, time);
        if (lapsed && trust.holds(environment.clock())) {
            lapsed = false;
            observer.trustReturned();
        }
        watch();
    }

    /** Trusts no more. */
    void end() {
        trust = Trust.NONE;
        noticeLapse();
    }

    /** Returns whether the trust has lapsed; if it has and nobody knows yet, they are told first. */
    boolean noticeLapse() {
        if (!lapsed && !trust.holds(environment.clock())) {
            lapsed = true;
            observer.trustLapsed();
        }
        return lapsed;
    }

    /** Tells nobody any more. */
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
