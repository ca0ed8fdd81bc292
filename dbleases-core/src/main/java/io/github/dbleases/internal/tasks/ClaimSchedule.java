package io.github.dbleases.internal.tasks;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskRunnerConfig;
import io.github.dbleases.spi.tasks.ClaimPlan;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When to claim, and how much. It has no clock and no thread: times are told to it.
 *
 * <p><b>How much.</b> A batch for each idle thread, and what the threads will begin within the next second at the pace of
 * the last moments, but never more than {@code tasksPerSession} in all. So a runner whose tasks take an instant always has
 * the next ones at hand, and one whose tasks take minutes holds only what it works on.
 *
 * <p><b>When.</b> At once while a thread is idle or half of what is at hand has begun; after a claim that has found
 * nothing, when the interval has passed, when everything held is done, or when woken.
 *
 * <p><b>Fresh tasks and retries.</b> They are claimed side by side. While fresh tasks wait, retries get a quarter of the
 * time of the threads, however slow or many they are. Each kind has a {@link CircuitBreaker}: an instance on which all
 * fresh tasks fail takes none but single probes. If only the retries fail, then fresh tasks are not held up by that. While
 * many fresh tasks fail, every second claim is made at the other end of the order, where there may be tasks that can be
 * done.
 */
final class ClaimSchedule {

    /** So many failures in a row that a few bad tasks don't look like a broken instance. */
    private static final int BREAKER_THRESHOLD = 20;

    /** So many retry delays pass at most until the next fresh task is tried: it may be one that can be done. */
    private static final int MOST_DELAYS_FOR_FRESH = 8;

    /** For how long claimed tasks lie ready at most, if the pace does not change. */
    private static final long LOOKAHEAD = Duration.ofSeconds(1).toNanos();

    private static final long PACE_WINDOW = Duration.ofMillis(200).toNanos();
    private static final long SHORTEST_PACE_WINDOW = Duration.ofMillis(5).toNanos();

    /** Retries get one part in so many of the time while fresh tasks wait. */
    private static final int RETRY_PART = 4;

    /** After so much time of work the balance between fresh tasks and retries counts half. */
    private static final long BALANCE_WINDOW = Duration.ofMinutes(1).toNanos();

    private static final double MANY_FAIL = 0.3;

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
    private long foundNothing;

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
        Duration longestForFresh = first.multipliedBy(MOST_DELAYS_FOR_FRESH);
        this.freshBreaker = new CircuitBreaker(
                BREAKER_THRESHOLD,
                first,
                new Backoff(first, longestForFresh.compareTo(longest) < 0 ? longestForFresh : longest, random));
        this.retryBreaker = new CircuitBreaker(BREAKER_THRESHOLD, first, new Backoff(first, longest, random));
        this.dueNanos = now;
        this.retriesDueNanos = now;
        this.sampleAt = now;
    }

    /**
     * What a runner holds.
     *
     * @param ready tasks that have not begun
     * @param atWork tasks that are being worked on
     * @param unconfirmed tasks whose outcome the queue did not confirm when it was told
     * @param idleThreads threads that have nothing to work on
     * @param most how many tasks may be claimed at most
     */
    record Load(int ready, int atWork, int unconfirmed, int idleThreads, int most) {

        int held() {
            return ready + atWork + unconfirmed;
        }
    }

    /** Makes the next claim due now, also if one is under way. */
    void wake(long now) {
        dueNanos = now;
        retriesDueNanos = now;
        woken = true;
    }

    /** Records that the work on tasks begins. */
    void began(int tasks) {
        begun += tasks;
    }

    /** Records how long the work on a batch took. */
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

    /** Records that a task was accomplished: this instance can do something. */
    void succeeded(boolean retry, long now) {
        freshBreaker.succeeded(now);
        retryBreaker.succeeded(now);
        if (!retry) {
            freshFailureRate *= 0.9;
        }
    }

    /** Records that a task has failed, and returns whether its kind is left alone for a while because of that. */
    boolean failed(boolean retry, long now) {
        if (!retry) {
            freshFailureRate = 0.9 * freshFailureRate + 0.1;
        }
        return breaker(retry).failed(now);
    }

    private CircuitBreaker breaker(boolean retry) {
        return retry ? retryBreaker : freshBreaker;
    }

    /** Returns whether everything fails and only single tasks are tried. */
    boolean isBroken(boolean retry) {
        return breaker(retry).isOpen();
    }

    /** Returns whether retries have not used up their part of the time, which matters while fresh tasks wait. */
    boolean mayRetry() {
        return retryNanos * (RETRY_PART - 1) <= freshNanos;
    }

    /** Returns how long until a claim is due, 0 or less if it is, {@code Long.MAX_VALUE} if tasks must be done first. */
    long nanosUntilDue(Load load, long now) {
        if (wanted(load, now) <= 0) {
            return Long.MAX_VALUE;
        }
        long untilFresh = freshBreaker.nanosUntilAllowed(now);
        long untilRetries = retriesAreHeldBack()
                ? Long.MAX_VALUE
                : Math.max(retriesDueNanos - now, retryBreaker.nanosUntilAllowed(now));
        long untilAsked = load.held() == 0 && dueWhenEmpty ? 0 : dueNanos - now;
        return Math.max(untilAsked, Math.min(untilFresh, untilRetries));
    }

    private boolean retriesAreHeldBack() {
        return freshWaits && !mayRetry();
    }

    private int wanted(Load load, long now) {
        int room = Math.min(load.most(), tasksPerSession - load.held());
        long forIdle = (long) load.idleThreads() * batchSize;
        long ahead = Math.min(tasksPerSession, (long) (pace(now) * LOOKAHEAD));
        boolean starving = load.ready() < forIdle;
        if (!starving && load.ready() > ahead / 2) {
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

    /** Begins a claim, or returns null if none is due. */
    @Nullable
    ClaimPlan next(long session, Place place, Load load, FailureMemory memory, long now) {
        if (nanosUntilDue(load, now) > 0) {
            return null;
        }
        int wanted = wanted(load, now);
        int fresh = freshBreaker.allowed(wanted, now);
        int retries = retriesAreHeldBack() || retriesDueNanos - now > 0
                ? 0
                : retryBreaker.allowed(freshWaits ? Math.max(1, wanted / 2) : wanted, now);
        if (fresh + retries == 0) {
            return null;
        }
        woken = false;
        fromEnd = (freshFailureRate > MANY_FAIL || freshBreaker.isOpen()) && !fromEnd;
        int limit = Math.min(wanted, fresh + retries);
        return new ClaimPlan(
                new TaskClaim(session, limit, load.held(), place, shared),
                fresh,
                retries,
                fromEnd,
                memory.resting(now),
                memory.failed());
    }

    /** Records what a claim has brought. */
    void answered(ClaimPlan plan, int fresh, int retries, boolean more, long now) {
        int claimed = fresh + retries;
        if (fresh > 0) {
            freshBreaker.probed(now);
        }
        if (retries > 0) {
            retryBreaker.probed(now);
        }
        int room = Math.min(plan.fresh(), plan.claim().limit() - retries);
        boolean heldBack = plan.retries() == 0 && retriesAreHeldBack();
        // Where there was no room for fresh tasks it is not known whether any wait.
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
        dueNanos = nothing && !woken && !heldBack ? now + Backoff.jittered(interval, 0.1, random) : now;
    }

    /** Returns how often a claim has found that there is nothing to claim, neither fresh tasks nor retries. */
    long foundNothing() {
        return foundNothing;
    }
}
