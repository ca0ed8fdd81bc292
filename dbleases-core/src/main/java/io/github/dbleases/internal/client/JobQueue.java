package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.StoreUnavailableException;
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
 * Does jobs on the work line, one after the other; a job without an answer is tried again for as long as it is wanted.
 *
 * <p>What is too much for one attempt is done in steps. Their size halves when an attempt fails and doubles when one
 * succeeds, so that a step fits into an attempt on a slow database too.
 */
final class JobQueue {

    private static final Logger log = LoggerFactory.getLogger(JobQueue.class);

    /** So many failures in a row are told of. */
    private static final int TOO_MANY = 3;

    private static final int SMALLEST_STEP = 100;
    private static final int FIRST_STEP = 5_000;
    private static final int LARGEST_STEP = 20_000;

    private final LeaseClientConfig config;
    private final Environment environment;
    private final WorkChannel line;
    private final BooleanSupplier trusted;
    private int stepLimit = FIRST_STEP;
    private long successes;
    private int failures;
    private long failingSinceNanos;
    private @Nullable String problem;

    /**
     * Works on a line.
     *
     * @param trusted tells whether the session is trusted at this moment, so that the store is known to answer heartbeats
     */
    JobQueue(LeaseClientConfig config, Environment environment, WorkChannel line, BooleanSupplier trusted) {
        this.config = config;
        this.environment = environment;
        this.line = line;
        this.trusted = trusted;
    }

    /** Returns how many partitions one transaction may write. */
    int stepLimit() {
        return stepLimit;
    }

    /** Returns what keeps this client from doing anything but heartbeats, if something does. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
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
            Supplier<Optional<Function<WorkChannel, T>>> prepare,
            Consumer<T> done,
            Predicate<RuntimeException> refused) {

        static <T> Job<T> of(String name, Supplier<Optional<Function<WorkChannel, T>>> prepare, Consumer<T> done) {
            return new Job<>(name, prepare, done, failure -> false);
        }

        static <T> Job<T> of(String name, BooleanSupplier wanted, Function<WorkChannel, T> call, Consumer<T> done) {
            return of(name, () -> wanted.getAsBoolean() ? Optional.of(call) : Optional.empty(), done);
        }

        Job<T> unless(Predicate<RuntimeException> given) {
            return new Job<>(name, prepare, done, given);
        }
    }

    void submit(Job<?> job) {
        environment.workLoop().submit(Duration.ZERO, new JobRequest<>(job));
    }

    /** Submits a job that comes before all others that are due. */
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
            log.info("Client {} can work again", config.clientId());
            problem = null;
        }
    }

    private void failed(RuntimeException failure) {
        if (failures == 0) {
            failingSinceNanos = environment.clock().nanoTime();
        }
        failures++;
        stepLimit = Math.max(SMALLEST_STEP, stepLimit / 2);
        if (failures >= TOO_MANY && problem == null && trusted.getAsBoolean()) {
            problem = "The store answers heartbeats, but nothing else has succeeded in %d attempts since %d ms: %s"
                    .formatted(failures, millisSince(failingSinceNanos), failure.getMessage());
            log.warn(
                    "Client {} renews its session, but takes up no partitions, gives none away and marks no session dead. {}",
                    config.clientId(),
                    problem);
        }
    }

    private long millisSince(long nanos) {
        return (environment.clock().nanoTime() - nanos) / 1_000_000;
    }

    /** The attempts at one job. */
    private final class JobRequest<T> implements Request<T> {

        private final Job<T> job;
        private final Backoff backoff = new Backoff(config.timing().heartbeat(), environment::random);
        private @Nullable String told;
        private int failedAttempts;
        private long firstFailureNanos;
        private long successesBefore;

        private JobRequest(Job<T> job) {
            this.job = job;
        }

        @Override
        public Optional<Supplier<T>> prepare() {
            return job.prepare.get().map(call -> () -> call.apply(line));
        }

        @Override
        public void done(T answer) {
            job.done.accept(answer);
            succeeded();
        }

        @Override
        public void failed(RuntimeException failure) {
            if (failure instanceof LeaseConflictException) {
                log.debug("Could not {}: {}", job.name, failure.getMessage());
            } else if (failure instanceof StoreUnavailableException) {
                JobQueue.this.failed(failure);
                repeated(failure);
            } else if (!failure.toString().equals(told)) {
                log.warn("Could not {}", job.name, failure);
                told = failure.toString();
            }
            if (!job.refused.test(failure)) {
                environment.workLoop().submit(backoff.next(), this);
            }
        }

        /** Tells of a step that fails again and again although others succeed. */
        private void repeated(RuntimeException failure) {
            if (failedAttempts == 0) {
                firstFailureNanos = environment.clock().nanoTime();
                successesBefore = successes;
            }
            failedAttempts++;
            if (failedAttempts % TOO_MANY == 0 && successes != successesBefore) {
                log.warn(
                        "Could not {} in {} attempts within {} ms, each of which may take {} ms; going on trying: {}",
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
