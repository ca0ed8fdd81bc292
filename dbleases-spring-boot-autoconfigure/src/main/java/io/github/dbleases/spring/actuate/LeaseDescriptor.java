package io.github.dbleases.spring.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of the endpoint about one lease or election. An election has one partition, whose owner leads.
 *
 * @param kind the kind of lease; null when the database does not answer, and if only the history knows the lease
 * @param partitions its partitions, ordered by number; only those of this instance when the database does not
 *     answer
 * @param members the live sessions that take part
 * @param error why the database did not answer; left out when it did
 * @param history the events that were asked for; left out if none were
 */
public record LeaseDescriptor(
        String name,
        @Nullable String kind,
        List<PartitionDescriptor> partitions,
        List<MemberDescriptor> members,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HistoryDescriptor history) {

    /** A partition; {@code client}, {@code session} and {@code pendingSession} are null where there is none. */
    public record PartitionDescriptor(
            int partition,
            @Nullable String client,
            @Nullable Long session,
            @Nullable Long pendingSession,
            long token,
            @Nullable Instant since) {}

    /** A session that takes part. */
    public record MemberDescriptor(String client, long session, int weight) {}
}
