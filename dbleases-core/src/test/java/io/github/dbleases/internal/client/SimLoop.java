package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.internal.client.Environment.RequestLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a simulated process on one channel, over a network that delays and loses messages. A request whose answer
 * is late when the process stops is answered all the same, even after the next start.
 *
 * @param <C> the channel
 */
final class SimLoop<C> implements RequestLoop<C> {

    private static final Duration RETRY = Duration.ofMillis(100);

    private final SimEnvironment environment;
    private final SimStorage storage;
    private final Duration attemptTimeout;
    private final Supplier<C> channels;
    private final Deque<Request<C, ?>> due = new ArrayDeque<>();
    private @Nullable C channel;
    private @Nullable Object underWay;
    private boolean cut;
    private int sent;

    SimLoop(SimEnvironment environment, SimStorage storage, Duration attemptTimeout, Supplier<C> channels) {
        this.environment = environment;
        this.storage = storage;
        this.attemptTimeout = attemptTimeout;
        this.channels = channels;
    }

    /** Starts on a new channel, whether an attempt is under way or not. */
    void start() {
        channel = channels.get();
        underWay = null;
        next();
    }

    /** Makes no more attempts until the next start. */
    void stop() {
        channel = null;
    }

    void cut(boolean next) {
        cut = next;
    }

    boolean isCut() {
        return cut;
    }

    SimEnvironment environment() {
        return environment;
    }

    /** Returns how many requests have been sent. */
    int sent() {
        return sent;
    }

    @Override
    public void submit(Duration delay, Request<C, ?> request) {
        environment.mayFail();
        submitLater(delay, request);
    }

    private void submitLater(Duration delay, Request<C, ?> request) {
        environment.later(delay, () -> {
            due.addLast(request);
            next();
        });
    }

    @Override
    public void submitFirst(Request<C, ?> request) {
        environment.mayFail();
        environment.later(Duration.ZERO, () -> {
            due.addFirst(request);
            next();
        });
    }

    /** Returns how many requests are due and waiting for earlier ones. */
    int waiting() {
        return due.size();
    }

    private void next() {
        C current = channel;
        if (underWay == null && !due.isEmpty() && current != null) {
            attempt(due.remove(), current);
        }
    }

    private <T> void attempt(Request<C, T> request, C current) {
        underWay = request;
        Optional<Function<C, T>> call;
        try {
            call = request.prepare();
        } catch (Throwable failure) {
            fail(request, failure);
            finish(request);
            return;
        }
        if (call.isEmpty()) {
            finish(request);
            return;
        }
        sent++;
        Function<C, T> made = call.get();
        SimAttempt<T> attempt = new SimAttempt<>(request);
        underWay = attempt;
        attempt.giveUp = storage.call(this, () -> made.apply(current), attempt);
    }

    /** Fails a request. If it cannot handle that, it is attempted again a little later, as on a {@link ThreadLoop}. */
    private void fail(Request<C, ?> request, Throwable failure) {
        try {
            request.failed(
                    failure instanceof RuntimeException exception
                            ? exception
                            : new IllegalStateException("A request failed with an error", failure));
        } catch (Throwable further) {
            environment.requireSimulated(further);
            submitLater(RETRY, request);
        }
    }

    /** Ends what is under way, unless it is of an earlier run. */
    private void finish(Object ended) {
        if (underWay == ended) {
            underWay = null;
            next();
        }
    }

    /** An attempt, which ends once. */
    private final class SimAttempt<T> implements SimStorage.Outcome<T> {

        private final Request<C, T> request;
        private final Environment.Timer timeout;
        private Runnable giveUp = () -> {};
        private boolean ended;

        private SimAttempt(Request<C, T> request) {
            this.request = request;
            this.timeout =
                    environment.later(attemptTimeout, () -> fail(new StoreUnavailableException("no answer in time")));
        }

        @Override
        public void succeed(T answer) {
            end(() -> {
                try {
                    request.done(answer);
                } catch (Throwable failure) {
                    environment.requireSimulated(failure);
                    SimLoop.this.fail(request, failure);
                }
            });
        }

        @Override
        public void fail(RuntimeException failure) {
            if (!(failure instanceof StoreUnavailableException
                    || failure instanceof LeaseConflictException
                    || failure instanceof ExpiredMembersException)) {
                environment.requireSimulated(failure);
            }
            end(() -> SimLoop.this.fail(request, failure));
        }

        private void end(Runnable how) {
            if (!ended) {
                ended = true;
                timeout.cancel();
                giveUp.run();
                how.run();
                finish(this);
            }
        }
    }
}
