package io.github.dbleases.spring.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.dbleases.ClientState;
import io.github.dbleases.PartitionSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint answers: this instance's own view, and what the database knows of the others.
 *
 * @param client this instance
 * @param sessions all live sessions; empty when the database does not answer
 * @param leases the leases of partitions by name
 * @param leaders the leader elections by name
 * @param runners the task runners by name
 * @param error why the database did not answer; left out when it did
 */
public record LeasesDescriptor(
        ClientDescriptor client,
        List<SessionDescriptor> sessions,
        Map<String, PartitionLeaseDescriptor> leases,
        Map<String, ElectionDescriptor> leaders,
        Map<String, Object> runners,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error) {

    /**
     * This instance. It is its own view, answered without the database.
     *
     * @param session null while there is none
     * @param trustedForMillis the time to the trust deadline; 0 when it has passed
     */
    public record ClientDescriptor(
            String id,
            @Nullable Long session,
            ClientState state,
            long ttlMillis,
            long heartbeatMillis,
            long trustedForMillis) {}

    /** A live session. */
    public record SessionDescriptor(
            String client, long session, boolean self, int weight, Instant startedAt, long expiresInMillis) {}

    /**
     * A lease of partitions. {@code balanced}, {@code unassigned} and {@code moving} are null when the database does not
     * answer or does not know the lease yet.
     *
     * @param owned what this instance owns: its own view
     * @param unassigned how many partitions have no owner
     * @param moving how many partitions are being handed over
     * @param assignments what each member owns, in the order of the sessions; those who stand by are among them
     */
    public record PartitionLeaseDescriptor(
            int partitions,
            PartitionSet owned,
            @Nullable Boolean balanced,
            @Nullable Long unassigned,
            @Nullable Long moving,
            List<AssignmentDescriptor> assignments) {}

    /**
     * What a session owns of a lease.
     *
     * @param partitions as ranges, for example {@code 0-63,70}
     */
    public record AssignmentDescriptor(String client, long session, int count, String partitions) {}

    /**
     * A leader election.
     *
     * @param leading whether this instance leads: its own view
     * @param candidates how many live sessions take part; 0 when the database does not answer
     * @param leader who leads by the database's word; left out when nobody does and when the database does not answer
     */
    public record ElectionDescriptor(
            @JsonProperty("isLeader") boolean leading,
            int candidates,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            LeaderDescriptor leader) {}

    /** Who leads. */
    public record LeaderDescriptor(String client, long session, long token, Instant since) {}
}
