package io.github.dbleases.spi.tasks;

import io.github.dbleases.TaskClaim;
import java.util.List;

/**
 * How to claim. A queue that can tell tasks that have failed before from fresh ones keeps the two limits; another one keeps
 * the limit of the claim.
 *
 * @param claim who claims, and how much in all
 * @param fresh how many of the tasks may be fresh
 * @param retries how many of the tasks may have failed before
 * @param fromEnd whether to claim from the end of the order: a test of whether other tasks can be done
 * @param resting ids of tasks that must not be claimed now, because the queue itself does not know when they are due
 * @param failedBefore ids of tasks that have failed before, resting or not, where the queue does not count attempts
 */
public record ClaimPlan(
        TaskClaim claim, int fresh, int retries, boolean fromEnd, List<Object> resting, List<Object> failedBefore) {

    /** A plan for fresh tasks and retries alike. */
    public static ClaimPlan of(TaskClaim claim) {
        return new ClaimPlan(claim, claim.limit(), claim.limit(), false, List.of(), List.of());
    }
}
