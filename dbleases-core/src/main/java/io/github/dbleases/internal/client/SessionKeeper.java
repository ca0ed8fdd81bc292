package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import io.github.dbleases.internal.Backoff;
import io.github.dbleases.internal.client.Trust.Moment;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.observation.ClientObserver;
import io.github.dbleases.spi.observation.ClientObserver.HeartbeatOutcome;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the client's session alive from start to stop: opens it, renews it with every heartbeat, and opens another one when
 * it is over. Only this class sets the trust deadline.
 *
 * <pre>
 *            open                 renewed
 *   (none) ---------> (session) <---------+
 *      ^                  |  +------------+
 *      +------------------+
 *              over
 * </pre>
 *
 * An attempt without an answer changes nothing. The next one follows after a back-off, and in the meantime the deadline
 * may pass.
 *
 * <p>A stop ends the session in the same way as its loss, and a start after it opens another one. An attempt of an earlier
 * run, whose answer may still arrive, changes nothing either.
 */
final class SessionKeeper {

    private static final Logger log = LoggerFactory.getLogger(SessionKeeper.class);
    /** How long a client waits before it repeats a request for the first time. */
    static final Duration FIRST_DELAY = Duration.ofMillis(50);

    private static final String UNREACHABLE = "unreachable";

    private final LeaseClientConfig config;
    private final Timing timing;
    private final Environment environment;
    private final Observer observer;
    private final LastFailure lastFailure;
    private final Observers observers;
    private final Backoff backoff;
    private final QuietTime quiet;

    private final TrustDeadline deadline;
    private @Nullable Session session;
    private @Nullable Session ended;
    private CompletableFuture<Optional<RuntimeException>> firstAttempt = new CompletableFuture<>();
    private boolean hadSession;
    private @Nullable String trouble;
    private long run;
    private boolean running;

    SessionKeeper(
            LeaseClientConfig config,
            Environment environment,
            Observer observer,
            LastFailure lastFailure,
            Observers observers) {
        this.config = config;
        this.timing = config.timing();
        this.environment = environment;
        this.observer = observer;
        this.lastFailure = lastFailure;
        this.observers = observers;
        this.deadline = new TrustDeadline(environment, timing.trust(), observer);
        this.quiet = new QuietTime(timing, environment.clock());
        this.backoff = Backoff.upTo(FIRST_DELAY, timing.heartbeat(), environment::random);
    }

    /**
     * Observes the session and the trust in it. A call that throws is repeated, so the observer must keep track of what
     * it has done already.
     */
    interface Observer extends TrustDeadline.Observer {

        void opened(Session session, Renewal renewal);

        void renewed(Session session, Renewal renewal);

        /** Returns whether the next session begins drained, because the store has asked this client to stand by. */
        boolean beginsDrained();

        /** The session is over, so the client owns nothing that was granted in it. */
        void ended(Session session);

        /** The store has a new incarnation, which may lack acknowledged commits. */
        void incarnationChanged(Session session, boolean trustedWithoutGap);

        /** The store cannot be reached. Called once until it has been reached again. */
        void failed(RuntimeException failure);

        /** A heartbeat was attempted, successfully or not. Interrupted steps can be resumed. */
        void heartbeatAttempted();
    }

    /**
     * Starts the heartbeats. If this throws, nothing has started.
     *
     * @param attempted completes when the first attempt to open a session has ended: empty if it succeeded, otherwise the
     *     failure. A caller that stops waiting for it completes it. After that, failures are logged, because the caller can
     *     no longer throw them.
     */
    void start(CompletableFuture<Optional<RuntimeException>> attempted) {
        run++;
        environment.heartbeatLoop().submit(Duration.ZERO, new HeartbeatRequest(run));
        firstAttempt = attempted;
        hadSession = false;
        trouble = null;
        backoff.reset();
        running = true;
    }

    /** Stops the heartbeats. The trust ends at its deadline, or with {@link #end}. */
    void stop() {
        running = false;
        deadline.stopWatching();
        firstAttempt.complete(Optional.empty());
    }

    /** Stops the heartbeats and ends the session here. Can be repeated; until it succeeds, no other session is opened. */
    void end() {
        running = false;
        Session last = session != null ? session : ended;
        if (last != null) {
            over(last);
        }
        stop();
    }

    /** Returns whether there are heartbeats, which the client stops when it has nothing left to hand over. */
    boolean isRunning() {
        return running;
    }

    /** Returns the trust in the session. May be called without the monitor. */
    Trust trust() {
        return deadline.trust();
    }

    /** Returns whether the session is trusted. If the trust has lapsed, notifies the observer first. */
    boolean isTrusted() {
        return !deadline.noticeLapse();
    }

    /** Returns whether the last heartbeat failed. */
    boolean isFailing() {
        return trouble != null;
    }

    /** Returns whether there has been a session since the start. */
    boolean hasHadSession() {
        return hadSession;
    }

    @Nullable
    Session session() {
        return session;
    }

    /** Returns how the first attempt since the start to open a session ended, see {@link #start}. */
    CompletableFuture<Optional<RuntimeException>> firstAttempt() {
        return firstAttempt;
    }

    QuietTime quiet() {
        return quiet;
    }

    /** Returns the current epoch of trust, which is the epoch of new grants. */
    long epoch() {
        return deadline.epoch();
    }

    /** Called when the session's grants have been read in the current incarnation of the store. The trust continues. */
    void confirmed(Session confirmed) {
        if (confirmed == session && !confirmed.isConfirmed()) {
            confirmed.confirm();
            deadline.extend(confirmed.lastSent());
        }
    }

    private void schedule(Duration delay) {
        if (running) {
            environment.heartbeatLoop().submit(delay, new HeartbeatRequest(run));
        }
    }

    private void opened(long id, Moment sent, Renewal renewal) {
        ClockGuard guard = new ClockGuard(timing, heartbeat(sent, renewal));
        Session opened = new Session(id, guard, renewal.incarnation(), sent);
        Optional<Incarnation> previous = quiet.enter(renewal.incarnation());
        session = opened;
        boolean first = !hadSession;
        hadSession = true;
        log.info("Client {} has opened session {}", config.clientId(), id);
        deadline.extend(sent);
        observer.opened(opened, renewal);
        observers.tell(to -> to.onSessionOpened(first));
        previous.ifPresent(before -> reportChange(before, opened.incarnation()));
    }

    private void renewed(Session current, Moment sent, Renewal renewal) {
        boolean lapsed = deadline.noticeLapse();
        boolean stepped = current.guard().record(heartbeat(sent, renewal));
        current.sent(sent);
        if (!renewal.incarnation().equals(current.incarnation())) {
            incarnationChanged(current, renewal.incarnation(), lapsed);
        }
        if (current.isConfirmed()) {
            deadline.extend(sent);
        }
        observer.renewed(current, renewal);
        if (stepped) {
            observers.tell(ClientObserver::onClockStep);
        }
    }

    /** First prevents the trust from being extended. Repeated at the next heartbeat unless it has completed. */
    private void incarnationChanged(Session current, Incarnation next, boolean lapsed) {
        current.leaveIncarnation();
        if (lapsed) {
            deadline.drop();
        }
        quiet.enter(next);
        current.guard().restartSteadyTime(environment.clock().nanoTime());
        observer.incarnationChanged(current, !lapsed);
        Incarnation previous = current.incarnation();
        current.enter(next);
        reportChange(previous, next);
        Duration rest = quiet.remaining();
        observers.tell(to -> to.onQuietTime(rest));
    }

    private void reportChange(Incarnation previous, Incarnation next) {
        log.warn("The store has a new incarnation: {}, previously {}", next, previous);
        observers.tell(ClientObserver::onIncarnationChanged);
    }

    private void over(Session current) {
        ended = current;
        session = null;
        finishEnd(current);
    }

    /**
     * First ends the trust in everything that was granted, without an allocation. No other session is opened until
     * every step has succeeded.
     */
    private void finishEnd(Session over) {
        deadline.drop();
        deadline.noticeLapse();
        observer.ended(over);
        ended = null;
        if (running) {
            log.warn("Session {} of client {} is over; the client opens another one", over.id(), config.clientId());
        } else {
            log.info("Client {} has stopped and no longer uses session {}", config.clientId(), over.id());
        }
    }

    private ClockGuard.Heartbeat heartbeat(Moment sent, Renewal renewal) {
        return new ClockGuard.Heartbeat(sent.nanos(), environment.clock().nanoTime(), renewal.databaseTime());
    }

    /** One attempt to open or renew the session. It acts only in the run that has submitted it. */
    private final class HeartbeatRequest implements Request<HeartbeatChannel, Optional<Renewal>> {

        private final long submittedIn;
        private @Nullable Session renewing;
        private long id;
        private @Nullable Moment sent;

        private HeartbeatRequest(long submittedIn) {
            this.submittedIn = submittedIn;
        }

        private boolean isLate() {
            return !running || submittedIn != run;
        }

        @Override
        public Optional<Function<HeartbeatChannel, Optional<Renewal>>> prepare() {
            if (isLate()) {
                return Optional.empty();
            }
            if (ended != null) {
                finishEnd(ended);
            }
            deadline.noticeLapse();
            renewing = session;
            sent = Moment.now(environment.clock());
            if (renewing != null) {
                id = renewing.id();
                return Optional.of(channel -> channel.renew(id));
            }
            id = environment.randomId();
            NewSession opening = new NewSession(
                    id, config.clientId(), config.weight(), timing.ttl(), timing.grace(), observer.beginsDrained());
            return Optional.of(channel -> Optional.of(channel.open(opening)));
        }

        @Override
        public void done(Optional<Renewal> renewal) {
            if (isLate()) {
                return;
            }
            Moment start = Objects.requireNonNull(sent);
            Duration time = Duration.ofNanos(environment.clock().nanoTime() - start.nanos());
            succeeded();
            if (renewing == null) {
                opened(id, start, renewal.orElseThrow());
            } else if (renewal.isPresent()) {
                renewed(renewing, start, renewal.get());
            } else {
                over(renewing);
                observers.tell(to -> to.onHeartbeat(HeartbeatOutcome.OVER, time));
                schedule(Duration.ZERO);
                return;
            }
            observer.heartbeatAttempted();
            observers.tell(to -> to.onHeartbeat(HeartbeatOutcome.RENEWED, time));
            long sinceSent = environment.clock().nanoTime() - start.nanos();
            long rest = timing.heartbeat().toNanos() - sinceSent;
            schedule(Duration.ofNanos(Math.max(0, rest)));
        }

        private void succeeded() {
            firstAttempt.complete(Optional.empty());
            if (trouble != null) {
                log.info("Client {} can reach the store again", config.clientId());
            }
            trouble = null;
            backoff.reset();
        }

        @Override
        public void failed(RuntimeException failure) {
            if (isLate()) {
                return;
            }
            lastFailure.record(failure, environment.clock());
            boolean starting = firstAttempt.complete(Optional.of(failure));
            boolean unreachable = failure instanceof StoreUnavailableException;
            String found = unreachable ? UNREACHABLE : String.valueOf(failure.getMessage());
            if (!found.equals(trouble)) {
                trouble = found;
                if (failure instanceof StoreUnavailableException explained && explained.remedy() != null) {
                    log.warn(
                            "Client {} cannot reach the store and keeps trying: {}",
                            config.clientId(),
                            explained.getMessage());
                } else if (unreachable) {
                    log.warn("Client {} cannot reach the store and keeps trying", config.clientId(), failure);
                } else if (!(failure instanceof StoreUnusableException)) {
                    log.error("Client {} could not complete a heartbeat and keeps trying", config.clientId(), failure);
                } else if (!starting) {
                    log.error("Client {} cannot use the store and keeps trying: {}", config.clientId(), found);
                } // Otherwise the start of the client fails with this exception.
                observer.failed(failure);
                trouble = found;
            }
            observer.heartbeatAttempted();
            Moment start = sent;
            if (start != null) {
                Duration time = Duration.ofNanos(environment.clock().nanoTime() - start.nanos());
                observers.tell(to -> to.onHeartbeat(HeartbeatOutcome.FAILED, time));
            }
            schedule(backoff.next());
        }
    }
}
