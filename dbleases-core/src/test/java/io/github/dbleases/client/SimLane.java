package io.github.dbleases.client;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.client.Environment.Lane;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/** One line of a simulated process to the database, over a network that delays and loses. */
final class SimLane implements Lane {

    private final SimEnvironment environment;
    private final SimWorld world;
    private final SimStorage storage;
    private final Duration attemptTimeout;
    private final Queue<Request<?>> due = new ArrayDeque<>();
    private boolean busy;
    private boolean cut;
    private int sent;

    SimLane(SimEnvironment environment, SimWorld world, SimStorage storage, Duration attemptTimeout) {
        this.environment = environment;
        this.world = world;
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
        world.after(
                delay,
                () -> environment.run(() -> {
                    due.add(request);
                    next();
                }));
    }

    private void next() {
        if (!busy && !due.isEmpty() && !environment.isShutDown()) {
            busy = true;
            attempt(due.remove());
        }
    }

    private <T> void attempt(Request<T> request) {
        Optional<Supplier<T>> call = request.prepare();
        if (call.isEmpty()) {
            finish();
            return;
        }
        sent++;
        Attempt<T> attempt = new Attempt<>(request);
        attempt.giveUp = storage.call(this, call.get(), attempt);
    }

    private void finish() {
        busy = false;
        next();
    }

    /** An attempt, which ends once. */
    private final class Attempt<T> implements SimStorage.Outcome<T> {

        private final Request<T> request;
        private final SimWorld.Event timeout;
        private Runnable giveUp = () -> {};
        private boolean ended;

        private Attempt(Request<T> request) {
            this.request = request;
            this.timeout = world.after(
                    attemptTimeout,
                    () -> environment.run(() -> fail(new StoreUnavailableException("no answer in time"))));
        }

        @Override
        public void succeed(T answer) {
            end(() -> request.done(answer));
        }

        @Override
        public void fail(RuntimeException failure) {
            end(() -> request.failed(failure));
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
