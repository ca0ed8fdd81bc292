package io.github.dbleases.client;

import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.store.WorkLine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does jobs on the work line, one after the other; a job without an answer is tried again for as long as it is wanted. */
final class Worker {

    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    private final Timing timing;
    private final Environment environment;
    private final WorkLine line;

    Worker(Timing timing, Environment environment, WorkLine line) {
        this.timing = timing;
        this.environment = environment;
        this.line = line;
    }

    /**
     * Something to do on the work line.
     *
     * @param <T> what comes of it
     * @param name what it is, for the log
     * @param prepare says what to call, before each attempt; empty if the job is no longer wanted
     * @param done takes the answer
     * @param refused is asked when an attempt has failed: whether the job is given up
     */
    record Job<T>(
            String name,
            Supplier<Optional<Function<WorkLine, T>>> prepare,
            Consumer<T> done,
            Predicate<RuntimeException> refused) {

        static <T> Job<T> of(String name, Supplier<Optional<Function<WorkLine, T>>> prepare, Consumer<T> done) {
            return new Job<>(name, prepare, done, failure -> false);
        }

        static <T> Job<T> of(String name, BooleanSupplier wanted, Function<WorkLine, T> call, Consumer<T> done) {
            return of(name, () -> wanted.getAsBoolean() ? Optional.of(call) : Optional.empty(), done);
        }

        Job<T> unless(Predicate<RuntimeException> given) {
            return new Job<>(name, prepare, done, given);
        }
    }

    void submit(Job<?> job) {
        environment.workLane().submit(Duration.ZERO, new Attempts<>(job));
    }

    void submitInATtl(Job<?> job) {
        environment.workLane().submit(timing.ttl(), new Attempts<>(job));
    }

    /** The attempts at one job. */
    private final class Attempts<T> implements Request<T> {

        private final Job<T> job;
        private final Backoff backoff = new Backoff(timing.heartbeat(), environment::random);
        private @Nullable String told;

        private Attempts(Job<T> job) {
            this.job = job;
        }

        @Override
        public Optional<Supplier<T>> prepare() {
            return job.prepare.get().map(call -> () -> call.apply(line));
        }

        @Override
        public void done(T answer) {
            job.done.accept(answer);
        }

        @Override
        public void failed(RuntimeException failure) {
            if (failure instanceof StoreUnavailableException || failure instanceof LeaseConflictException) {
                log.debug("Could not {}: {}", job.name, failure.getMessage());
            } else if (!failure.toString().equals(told)) {
                told = failure.toString();
                log.warn("Could not {}", job.name, failure);
            }
            if (!job.refused.test(failure)) {
                environment.workLane().submit(backoff.next(), this);
            }
        }
    }
}
