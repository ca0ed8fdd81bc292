package io.github.dbleases.spi.tasks;

import io.github.dbleases.TaskClaim;
import java.util.List;

/**
 * How to claim. A queue that can distinguish retries from fresh tasks applies both of their limits. Any other queue applies
 * the limit of the claim.
 *
 * @param claim the claiming session, and the limit for all tasks together
 * @param fresh the maximum number of fresh tasks
 * @param retries the maximum number of tasks that have failed before
 * @param fromEnd whether to claim from the end of the order, to find out whether other tasks succeed
 * @param excluded ids of tasks that must not be claimed now, for queues that don't record when a task is due
 * @param failedBefore ids of tasks that have failed before, excluded ones included, for queues that don't count attempts
 */
public record ClaimPlan(
        TaskClaim claim, int fresh, int retries, boolean fromEnd, List<Object> excluded, List<Object> failedBefore) {

    /** Returns a plan with the same limit for fresh tasks and retries. */
    public static ClaimPlan of(TaskClaim claim) {
        return new ClaimPlan(claim, claim.limit(), claim.limit(), false, List.of(), List.of());
    }
}
