package io.github.dbleases.spring.actuate;

import io.github.dbleases.spring.actuate.HistoryDescriptor.PartyDescriptor;
import java.util.List;

/**
 * The answer to a write operation.
 *
 * @param dryRun whether nothing was changed, because only the plan was wanted
 * @param changed whether there was anything to do
 * @param moves the hand-overs that owners are asked for
 */
public record OperationDescriptor(
        String operation, String lease, boolean dryRun, boolean changed, List<MoveDescriptor> moves) {

    /**
     * Partitions that one session hands over to another one.
     *
     * @param partitions as ranges, for example {@code 0-63,70}
     */
    public record MoveDescriptor(String partitions, PartyDescriptor from, PartyDescriptor to) {}
}
