package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.internal.client.Environment.RequestLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/** The requests of a simulated process on one channel, over a network that delays and loses messages. */
final class SimLoop implements RequestLoop {

    private static final Duration RETRY = Duration.ofMillis(100);

    private final SimEnvironment environment;
    private final SimStorage storage;
    private final Duration attemptTimeout;
    private final Deque<Request<?>> due = new ArrayDeque<>();
    private boolean busy;
    private boolean cut;
    private int sent;

    SimLoop(SimEnvironment environment, SimStorage storage, Duration attemptTimeout) {
        this.environment = environment;
        this.storage = storage;
        this.attemptTimeout = attemptTimeout;
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
    public void submit(Duration delay, Request<?> request) {
        environment.mayFail();
        submitLater(delay, request);
    }

    private void submitLater(Duration delay, Request<?> request) {
        environment.later(delay, () -> {
            due.addLast(request);
            next();
        });
    }

    @Override
    public void submitFirst(Request<?> request) {
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
        if (!busy && !due.isEmpty() && !environment.isShutDown()) {
            busy = true;
            attempt(due.remove());
        }
    }

    private <T> void attempt(Request<T> request) {
        Optional<Supplier<T>> call;
        try {
            call = request.prepare();
        } catch (Throwable failure) {
            fail(request, failure);
            finish();
            return;
        }
        if (call.isEmpty()) {
            finish();
            return;
        }
        sent++;
        SimAttempt<T> attempt = new SimAttempt<>(request);
        attempt.giveUp = storage.call(this, call.get(), attempt);
    }

    /** Fails a request. If it cannot handle that, it is attempted again a little later, as on a {@link ThreadLoop}. */
    private void fail(Request<?> request, Throwable failure) {
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

    private void finish() {
        busy = false;
        next();
    }

    /** An attempt, which ends once. */
    private final class SimAttempt<T> implements SimStorage.Outcome<T> {

        private final Request<T> request;
        private final Environment.Timer timeout;
        private Runnable giveUp = () -> {};
        private boolean ended;

        private SimAttempt(Request<T> request) {
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
            if (!(failure instanceof StoreUnavailableException || failure instanceof LeaseConflictException)) {
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
                finish();
            }
        }
    }
}
