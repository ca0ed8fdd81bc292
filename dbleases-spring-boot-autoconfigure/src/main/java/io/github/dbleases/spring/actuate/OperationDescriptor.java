package io.github.dbleases.spring.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.dbleases.spring.actuate.HistoryDescriptor.PartyDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a write operation.
 *
 * @param lease the lease or election that was named, or null
 * @param session the instance that was drained or resumed, or null
 * @param dryRun whether nothing was changed, because only the plan was wanted
 * @param changed whether there was anything to do
 * @param moves the hand-overs that owners are asked for
 */
public record OperationDescriptor(
        String operation,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String lease,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long session,
        boolean dryRun,
        boolean changed,
        List<MoveDescriptor> moves) {

    /**
     * Partitions that one session hands over to another one.
     *
     * @param partitions as ranges, for example {@code 0-63,70}
     * @param to the session that receives them, or null if there is none that could
     */
    public record MoveDescriptor(
            String lease,
            String partitions,
            PartyDescriptor from,
            @Nullable PartyDescriptor to) {}
}
