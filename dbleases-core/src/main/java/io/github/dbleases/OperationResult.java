package io.github.dbleases;

import io.github.dbleases.HistoryEvent.Party;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operation of {@link LeaseAdministration} has asked for, or would ask for.
 *
 * @param operation the name of the operation, such as {@code rebalance}
 * @param dryRun whether nothing was changed because only a plan was wanted
 * @param changed whether there was anything to do; false if the cluster is already as it was asked to be
 * @param moves the hand-overs that owners are asked for; a live owner hands over when its listeners have returned and its
 *     holds are closed
 */
public record OperationResult(String operation, boolean dryRun, boolean changed, List<PlannedMove> moves) {

    public OperationResult {
        moves = List.copyOf(moves);
    }

    /**
     * Partitions that one session hands over to another one.
     *
     * @param lease the lease or election
     * @param partitions the partitions
     * @param from their owner
     * @param to the session that receives them, or the owner itself if an earlier request is withdrawn; null if no session
     *     takes part that could own them
     */
    public record PlannedMove(
            String lease,
            PartitionSet partitions,
            Party from,
            @Nullable Party to) {}
}
