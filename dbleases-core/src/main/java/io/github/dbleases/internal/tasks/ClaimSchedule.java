package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.internal.Backoff;
import io.github.dbleases.spi.tasks.ClaimPlan;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When to claim, and how much. Pure: its caller passes the time, and makes sure that no two calls overlap.
 *
 * <p><b>How much.</b> A batch for each idle thread, plus what the threads will begin within the next second at their recent
 * pace, up to {@code tasksPerSession} in all. A runner with short tasks always has the next ones ready, and a runner with
 * tasks that take minutes holds only those that it works on.
 *
 * <p><b>When.</b> At once while a thread is idle, while half of the tasks to hold ready have begun, or while the ready tasks
 * would run out within two round trips. Two, because a claim that misses the present request is answered with the next one.
 * After a claim that found nothing: when the interval has passed, when everything held is done, or when woken.
 *
 * <p><b>Fresh tasks and retries</b> are claimed side by side. While fresh tasks wait, retries get a quarter of the threads'
 * time, however slow or many they are. Each kind has a {@link CircuitBreaker}. If only the retries fail, fresh tasks are not
 * held up. If all fresh tasks fail, the instance itself may be broken: it claims single probes, and three of four are fresh
 * tasks, which have all their attempts left, so that it hardly ever uses them up. While many fresh tasks fail, every second claim
 * of fresh tasks starts at the other end of the order, where there may be tasks that succeed.
 */
final class ClaimSchedule {

    /** Failures in a row that open a breaker: enough that a few bad tasks don't look like a broken instance. */
    private static final int BREAKER_THRESHOLD = 20;

    /** The longest time between probes of fresh tasks, in retry delays: the next one may succeed. */
    private static final int MAX_DELAYS_FOR_FRESH = 8;

    /** The longest time that claimed tasks stay ready, if the pace does not change. */
    private static final long LOOKAHEAD = Duration.ofSeconds(1).toNanos();

    private static final long PACE_WINDOW = Duration.ofMillis(200).toNanos();
    private static final long SHORTEST_PACE_WINDOW = Duration.ofMillis(5).toNanos();

    /** While fresh tasks wait, retries get the time of one thread in this many. */
    private static final int RETRY_SHARE = 4;

    /** After this much time of work, the time spent on fresh tasks and on retries is halved, so that recent work counts more. */
    private static final long BALANCE_WINDOW = Duration.ofMinutes(1).toNanos();

    private static final double MANY_FAIL = 0.3;

    /** While all fresh tasks fail, but more wait, one probe in this many is a retry. */
    private static final int PROBES_PER_RETRY = 4;

    /** The weight of the last round trip in the average. */
    private static final double ROUND_TRIP_WEIGHT = 0.125;

    private final int tasksPerSession;
    private final int batchSize;
    private final long interval;
    private final DoubleSupplier random;
    private final CircuitBreaker freshBreaker;
    private final CircuitBreaker retryBreaker;

    private long dueNanos;
    private long retriesDueNanos;
    private boolean dueWhenEmpty;
    private boolean woken;
    private boolean shared;
    private boolean freshWaits;
    private boolean fromEnd;
    private int probes;
    private long foundNothing;

    private double roundTrip;
    private double pace;
    private long begun;
    private long sampleBegun;
    private long sampleAt;

    private long freshNanos;
    private long retryNanos;
    private double freshFailureRate;

    ClaimSchedule(TaskRunnerConfig config, int batchSize, DoubleSupplier random, long now) {
        this.tasksPerSession = config.tasksPerSession();
        this.batchSize = batchSize;
        this.interval = config.interval().toNanos();
        this.random = random;
        Duration first = config.retryDelay();
        Duration longest = config.maxRetryDelay();
        Duration longestForFresh = first.multipliedBy(MAX_DELAYS_FOR_FRESH);
        this.freshBreaker = new CircuitBreaker(
                BREAKER_THRESHOLD,
                first,
                Backoff.around(first, longestForFresh.compareTo(longest) < 0 ? longestForFresh : longest, random));
        this.retryBreaker = new CircuitBreaker(BREAKER_THRESHOLD, first, Backoff.around(first, longest, random));
        this.dueNanos = now;
        this.retriesDueNanos = now;
        this.sampleAt = now;
    }

    /**
     * What a runner holds.
     *
     * @param ready tasks that have not begun
     * @param inFlight tasks that the tasker works on
     * @param unacknowledged tasks that were reported without a confirmation
     * @param idleThreads threads without a batch
     * @param limit the maximum number of tasks to claim
     */
    record Load(int ready, int inFlight, int unacknowledged, int idleThreads, int limit) {

        /** Without the reports that go with the claim: they make room for it. */
        int held() {
            return ready + inFlight + unacknowledged;
        }
    }

    /** Makes the next claim due now, even if one is being answered. */
    void wake(long now) {
        dueNanos = now;
        retriesDueNanos = now;
        woken = true;
    }

    /** Records that tasks begin. */
    void began(int tasks) {
        begun += tasks;
    }

    /** Records how long a batch took. */
    void ended(long nanos, boolean retries) {
        if (retries) {
            retryNanos += nanos;
        } else {
            freshNanos += nanos;
        }
        if (retryNanos + freshNanos > BALANCE_WINDOW) {
            retryNanos /= 2;
            freshNanos /= 2;
        }
    }

    /** Records that a task succeeded, so that this instance is not broken. */
    void succeeded(boolean retry, long now) {
        freshBreaker.succeeded(now);
        retryBreaker.succeeded(now);
        if (!retry) {
            freshFailureRate *= 0.9;
        }
    }

    /** Records that a task failed. Returns whether that has opened the breaker of its kind. */
    boolean failed(boolean retry, long now) {
        if (!retry) {
            freshFailureRate = 0.9 * freshFailureRate + 0.1;
        }
        return breaker(retry).failed(now);
    }

    /** While all fresh tasks fail, their breaker limits retries, too. */
    private CircuitBreaker breaker(boolean retry) {
        return retry && !freshBreaker.isOpen() ? retryBreaker : freshBreaker;
    }

    /** Returns whether all tasks of a kind fail, so that only single ones are tried. */
    boolean isBroken() {
        return freshBreaker.isOpen() || retryBreaker.isOpen();
    }

    /** Returns whether retries have not used up their share of the time, which counts while fresh tasks wait. */
    boolean mayRetry() {
        return retryNanos * (RETRY_SHARE - 1) <= freshNanos;
    }

    /** Returns how long until a claim is due: 0 or less if it is, {@code Long.MAX_VALUE} if there is no room for tasks. */
    long nanosUntilDue(Load load, long now) {
        if (wanted(load, now) <= 0) {
            return Long.MAX_VALUE;
        }
        long untilAsked = load.held() == 0 && dueWhenEmpty ? 0 : dueNanos - now;
        return Math.max(untilAsked, freshBreaker.nanosUntilAllowed(now));
    }

    private boolean retriesMustWait() {
        return freshWaits && !mayRetry();
    }

    private int wanted(Load load, long now) {
        int room = Math.min(load.limit(), tasksPerSession - load.held());
        long forIdle = (long) load.idleThreads() * batchSize;
        long ahead = Math.min(tasksPerSession, (long) (pace(now) * LOOKAHEAD));
        boolean starving = load.ready() < forIdle;
        boolean lastsForTwoRoundTrips = load.ready() > pace(now) * roundTrip * 2;
        if (!starving && load.ready() > ahead / 2 && lastsForTwoRoundTrips) {
            return 0;
        }
        return (int) Math.min(room, forIdle + ahead - load.ready());
    }

    /** Returns how many tasks begin per nanosecond. */
    private double pace(long now) {
        long elapsed = now - sampleAt;
        if (elapsed < SHORTEST_PACE_WINDOW) {
            return pace;
        }
        double current = (begun - sampleBegun) / (double) elapsed;
        if (elapsed < PACE_WINDOW) {
            return Math.max(pace, current);
        }
        pace = current;
        sampleBegun = begun;
        sampleAt = now;
        return pace;
    }

    /** Returns the claim that is due, or null. */
    @Nullable
    ClaimPlan next(long session, Place place, Load load, FailureMemory memory, long now) {
        if (nanosUntilDue(load, now) > 0) {
            return null;
        }
        int limit = freshBreaker.allowed(wanted(load, now), now);
        int fresh = limit;
        int retries;
        if (freshBreaker.isOpen()) {
            probes++;
            fresh = freshWaits && probes % PROBES_PER_RETRY == 0 ? 0 : limit;
            retries = freshWaits ? limit - fresh : limit;
        } else {
            retries = retriesMustWait() || retriesDueNanos - now > 0
                    ? 0
                    : retryBreaker.allowed(freshWaits ? Math.max(1, limit / 2) : limit, now);
        }
        woken = false;
        if (fresh > 0) {
            fromEnd = (freshFailureRate > MANY_FAIL || freshBreaker.isOpen()) && !fromEnd;
        }
        return new ClaimPlan(
                new TaskClaim(session, limit, load.held(), place, shared),
                fresh,
                retries,
                fromEnd,
                memory.notDue(now),
                memory.failed());
    }

    /** Records how long the queue took to reply to a request. */
    void tookRoundTrip(long nanos) {
        roundTrip += ROUND_TRIP_WEIGHT * (nanos - roundTrip);
    }

    /** Records the result of a claim. */
    void answered(ClaimPlan plan, int fresh, int retries, boolean more, long now) {
        int claimed = fresh + retries;
        if (fresh > 0) {
            freshBreaker.probed(now);
        }
        if (retries > 0) {
            breaker(true).probed(now);
        }
        int room = Math.min(plan.fresh(), plan.claim().limit() - retries);
        boolean waited = plan.retries() == 0 && retriesMustWait();
        // Without room for fresh tasks, it is unknown whether any wait.
        freshWaits = room <= 0 || fresh >= room;
        if (plan.retries() > 0) {
            boolean all = retries < plan.retries();
            retriesDueNanos = all && !woken ? now + Backoff.jittered(interval, 0.1, random) : now;
        }
        shared = !more && claimed < plan.claim().limit();
        boolean nothing = claimed == 0;
        if (nothing && plan.fresh() > 0 && plan.retries() > 0) {
            foundNothing++;
        }
        dueWhenEmpty = nothing && plan.claim().held() > 0;
        dueNanos = nothing && !woken && !waited ? now + Backoff.jittered(interval, 0.1, random) : now;
    }

    /** Returns how many claims have found neither fresh tasks nor retries. */
    long foundNothing() {
        return foundNothing;
    }
}
