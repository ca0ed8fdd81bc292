package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.internal.Backoff;
import io.github.dbleases.spi.WorkChannel;
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

/**
 * Runs jobs on the work channel, one at a time. A job that gets no answer is tried again for as long as it is wanted.
 *
 * <p>Work that is too much for one attempt is done in steps. The step size is halved when an attempt fails and doubled
 * when one succeeds, so that a step fits into an attempt even on a slow database.
 */
final class JobQueue {

    private static final Logger log = LoggerFactory.getLogger(JobQueue.class);

    /** The number of failures in a row that is reported. */
    private static final int REPORTED_FAILURES = 3;

    private static final int SMALLEST_STEP = 100;
    private static final int FIRST_STEP = 5_000;
    private static final int LARGEST_STEP = 20_000;

    private final LeaseClientConfig config;
    private final Environment environment;
    private final BooleanSupplier trusted;
    private final LastFailure lastFailure;
    private final Observers observers;
    private int stepLimit = FIRST_STEP;
    private long successes;
    private int failures;
    private long failingSinceNanos;
    private @Nullable String problem;

    /**
     * Creates a queue.
     *
     * @param trusted returns whether the session is trusted, which means that the store answers heartbeats
     */
    JobQueue(
            LeaseClientConfig config,
            Environment environment,
            BooleanSupplier trusted,
            LastFailure lastFailure,
            Observers observers) {
        this.config = config;
        this.environment = environment;
        this.trusted = trusted;
        this.lastFailure = lastFailure;
        this.observers = observers;
    }

    /** Returns how many partitions one transaction may write. */
    int stepLimit() {
        return stepLimit;
    }

    /** Forgets the failures of an earlier run of the client. */
    void restart() {
        failures = 0;
        problem = null;
    }

    /** Returns the problem that keeps this client from doing anything except for heartbeats, if there is one. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * A call on the work channel.
     *
     * @param <T> the type of the answer
     * @param name describes the job in the log, as an infinitive
     * @param prepare called before each attempt, returns the call to make, or empty if the job is no longer wanted
     * @param done receives the answer
     * @param givesUp called when an attempt has failed, returns whether to give the job up
     */
    record Job<T>(
            String name,
            Supplier<Optional<Function<WorkChannel, T>>> prepare,
            Consumer<T> done,
            Predicate<RuntimeException> givesUp) {

        static <T> Job<T> of(String name, Supplier<Optional<Function<WorkChannel, T>>> prepare, Consumer<T> done) {
            return new Job<>(name, prepare, done, failure -> false);
        }

        static <T> Job<T> of(String name, BooleanSupplier wanted, Function<WorkChannel, T> call, Consumer<T> done) {
            return of(name, () -> wanted.getAsBoolean() ? Optional.of(call) : Optional.empty(), done);
        }

        Job<T> giveUpIf(Predicate<RuntimeException> givesUp) {
            return new Job<>(name, prepare, done, givesUp);
        }
    }

    void submit(Job<?> job) {
        environment.workLoop().submit(Duration.ZERO, new JobRequest<>(job));
    }

    /** Submits a job that runs before all others that are due. */
    void submitFirst(Job<?> job) {
        environment.workLoop().submitFirst(new JobRequest<>(job));
    }

    void submitInATtl(Job<?> job) {
        environment.workLoop().submit(config.timing().ttl(), new JobRequest<>(job));
    }

    private void succeeded() {
        successes++;
        failures = 0;
        stepLimit = Math.min(LARGEST_STEP, stepLimit * 2);
        if (problem != null) {
            log.info("Client {} can use the store for more than heartbeats again", config.clientId());
            problem = null;
        }
    }

    private void failed(RuntimeException failure) {
        if (failures == 0) {
            failingSinceNanos = environment.clock().nanoTime();
        }
        failures++;
        stepLimit = Math.max(SMALLEST_STEP, stepLimit / 2);
        if (failures >= REPORTED_FAILURES && problem == null && trusted.getAsBoolean()) {
            problem = "The store answers heartbeats, but nothing else has succeeded in %d attempts within %d ms: %s"
                    .formatted(failures, millisSince(failingSinceNanos), failure.getMessage());
            log.warn(
                    "Client {} renews its session, but cannot take up or hand over partitions or mark sessions dead: {}",
                    config.clientId(),
                    problem);
        }
    }

    private long millisSince(long nanos) {
        return (environment.clock().nanoTime() - nanos) / 1_000_000;
    }

    /** One job, which is attempted until it succeeds or is given up. */
    private final class JobRequest<T> implements Request<WorkChannel, T> {

        private final Job<T> job;
        private final Backoff backoff =
                Backoff.upTo(SessionKeeper.FIRST_DELAY, config.timing().heartbeat(), environment::random);
        private @Nullable String logged;
        private int failedAttempts;
        private long firstFailureNanos;
        private long successesBefore;

        private JobRequest(Job<T> job) {
            this.job = job;
        }

        @Override
        public Optional<Function<WorkChannel, T>> prepare() {
            return job.prepare
                    .get()
                    .map(call ->
                            channel -> call.apply(ObservedWorkChannel.of(channel, observers, environment.clock())));
        }

        @Override
        public void done(T answer) {
            job.done.accept(answer);
            succeeded();
        }

        @Override
        public void failed(RuntimeException failure) {
            lastFailure.record(failure, environment.clock());
            if (failure instanceof LeaseConflictException) {
                log.debug("Could not {}: {}", job.name, failure.getMessage());
            } else if (failure instanceof StoreUnavailableException) {
                JobQueue.this.failed(failure);
                repeated(failure);
            } else if (failure instanceof ExpiredMembersException) {
                waits(failure);
            } else if (!failure.toString().equals(logged)) {
                log.warn("Could not {}", job.name, failure);
                logged = failure.toString();
            }
            if (!job.givesUp.test(failure)) {
                environment.workLoop().submit(backoff.next(), this);
            }
        }

        private void waits(RuntimeException failure) {
            if (logged == null) {
                log.info("Client {} waits: {}", config.clientId(), failure.getMessage());
                logged = failure.toString();
            }
        }

        /** Reports a job that fails repeatedly although others succeed. */
        private void repeated(RuntimeException failure) {
            if (failedAttempts == 0) {
                firstFailureNanos = environment.clock().nanoTime();
                successesBefore = successes;
            }
            failedAttempts++;
            if (failedAttempts % REPORTED_FAILURES == 0 && successes != successesBefore) {
                log.warn(
                        "Could not {} in {} attempts within {} ms, with up to {} ms for each; trying again: {}",
                        job.name,
                        failedAttempts,
                        millisSince(firstFailureNanos),
                        config.timing().attemptTimeout().toMillis(),
                        failure.getMessage());
            } else {
                log.debug("Could not {}: {}", job.name, failure.getMessage());
            }
        }
    }
}
