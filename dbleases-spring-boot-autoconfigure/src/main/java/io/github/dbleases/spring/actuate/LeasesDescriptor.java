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
        Map<String, RunnerDescriptor> runners,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error) {

    /**
     * This instance. It is its own view, answered without the database.
     *
     * @param session null while there is none
     * @param trustedForMillis the time to the trust deadline; 0 when it has passed
     * @param problem what keeps this instance from doing anything but heartbeats; left out when nothing does
     */
    public record ClientDescriptor(
            String id,
            @Nullable Long session,
            ClientState state,
            long ttlMillis,
            long heartbeatMillis,
            long trustedForMillis,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String problem) {}

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

    /**
     * A task runner, of this instance. It is its own view, but for the age of the oldest task.
     *
     * @param sessions how many live sessions share the tasks; 0 while the runner does not run
     * @param running how many tasks are being worked on
     * @param held how many tasks the runner holds, those included
     * @param completed how many tasks were finished since the start, as are those of the next four
     * @param failed how many attempts have failed
     * @param retried how many attempts were made at tasks that had failed before
     * @param givenUp how many tasks were given up
     * @param lost how many tasks another session had taken before their outcome was known
     * @param oldestPendingMillis for how long the oldest task that is due has been waiting; left out if there is none, if this is not
     *     known and when the database does not answer
     */
    public record RunnerDescriptor(
            int sessions,
            int running,
            int held,
            long completed,
            long failed,
            long retried,
            long givenUp,
            long lost,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long oldestPendingMillis) {}
}
