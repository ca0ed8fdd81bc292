package io.github.dbleases;

import java.time.Duration;
import java.util.Objects;

/**
 * How long a piece of work may hold a partition or a leadership, and what happens if it takes longer. A hold that stays open
 * keeps its owner from handing over, and a client whose work hangs still renews its session, so no other client notices.
 *
 * <p>A hold that exceeds its deadline is reported once: in the log with the stack trace of its thread, in the history, to the
 * observer, and by {@link ClientStatus#overdueWork()} until it is closed. Deadlines are checked with each heartbeat.
 *
 * @param limit 1 s to 365 days
 * @param action what happens, besides the report
 */
public record WorkDeadline(Duration limit, Action action) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    /** What happens if a hold exceeds its deadline. */
    public enum Action {

        /** It is only reported. */
        REPORT,

        /**
         * The thread that took the hold is interrupted, and the partition or leadership goes to another client: as soon as the
         * hold is closed, or when the trust in this client's session ends. Nothing is taken from a live session, so work that
         * ignores the interrupt delays that. If no other client can take over, it stays here.
         *
         * <p>Use this only if the thread that takes a hold also does the work, as {@link Lease#runIfOwned}, {@link
         * Lease#forEachOwned}, {@link Leadership#runIfLeader} and {@link LeaderOnly} make sure. An interrupt that the work does
         * not notice is taken back when that thread closes the hold.
         */
        GIVE_UP
    }

    public WorkDeadline {
        Objects.requireNonNull(action, "action");
        if (limit.compareTo(SHORTEST) < 0 || limit.compareTo(LONGEST) > 0) {
            throw new InvalidConfigurationException(
                    "workDeadline is %s, but must be between 1 s and 365 days.".formatted(limit),
                    "Set another workDeadline, or none.",
                    "workDeadline");
        }
    }

    /** Returns a deadline that is only reported. */
    public static WorkDeadline report(Duration limit) {
        return new WorkDeadline(limit, Action.REPORT);
    }

    /** Returns a deadline after which the ownership is given up. */
    public static WorkDeadline giveUp(Duration limit) {
        return new WorkDeadline(limit, Action.GIVE_UP);
    }
}
