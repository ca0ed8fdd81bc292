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
 * The answer of the endpoint: this instance's own view, and what the database knows about the others.
 *
 * @param client this instance
 * @param sessions all live sessions; empty when the database does not answer
 * @param leases the leases of partitions by name
 * @param leaders the leader elections by name
 * @param runners the task runners by name
 * @param error why the database did not answer; left out when it did
 * @param history the events that were asked for; left out if none were
 */
public record LeasesDescriptor(
        ClientDescriptor client,
        List<SessionDescriptor> sessions,
        Map<String, PartitionLeaseDescriptor> leases,
        Map<String, ElectionDescriptor> leaders,
        Map<String, RunnerDescriptor> runners,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HistoryDescriptor history) {

    /**
     * This instance: its own view, which needs no database.
     *
     * @param session null while there is none
     * @param trustedForMillis time left until the trust deadline; 0 when it has passed
     * @param drained whether this instance stands by, because the application or an operation has drained it; left out if not
     * @param problem why this instance does nothing except heartbeats; left out when there is no problem
     */
    public record ClientDescriptor(
            String id,
            @Nullable Long session,
            ClientState state,
            long ttlMillis,
            long heartbeatMillis,
            long trustedForMillis,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean drained,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String problem) {}

    /**
     * A live session.
     *
     * @param drained whether an operation has asked it to stand by; left out if not
     */
    public record SessionDescriptor(
            String client,
            long session,
            boolean self,
            int weight,
            Instant startedAt,
            long expiresInMillis,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean drained) {}

    /**
     * A lease of partitions. {@code balanced}, {@code unassigned} and {@code moving} are null when the database does not
     * answer or does not know the lease yet.
     *
     * @param owned the partitions that this instance owns, in its own view
     * @param unassigned number of partitions without an owner
     * @param moving number of partitions that are being handed over
     * @param assignments what each member owns, in the order of the sessions; includes members that own nothing
     */
    public record PartitionLeaseDescriptor(
            int partitions,
            PartitionSet owned,
            @Nullable Boolean balanced,
            @Nullable Long unassigned,
            @Nullable Long moving,
            List<AssignmentDescriptor> assignments) {}

    /**
     * The partitions of a lease that one session owns.
     *
     * @param partitions as ranges, for example {@code 0-63,70}
     */
    public record AssignmentDescriptor(String client, long session, int count, String partitions) {}

    /**
     * A leader election.
     *
     * @param leading whether this instance leads, in its own view
     * @param candidates number of live sessions that take part; 0 when the database does not answer
     * @param leader the leader according to the database; left out when there is none and when the database does not answer
     */
    public record ElectionDescriptor(
            @JsonProperty("isLeader") boolean leading,
            int candidates,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            LeaderDescriptor leader) {}

    /** The session that leads. */
    public record LeaderDescriptor(String client, long session, long token, Instant since) {}

    /**
     * A task runner of this instance, in its own view, except for the age of the oldest task.
     *
     * @param sessions number of live sessions that share the tasks; 0 while the runner does not run
     * @param running number of tasks in flight
     * @param held number of tasks that the runner holds, including those in flight
     * @param completed number of tasks finished since the start; the next four are counted since the start as well
     * @param failed number of attempts that failed
     * @param retried number of attempts at tasks that had failed before
     * @param givenUp number of tasks that were given up
     * @param lost number of tasks that another session took before their outcome was known
     * @param oldestPendingMillis how long the oldest task that is due has been waiting; left out when there is none, when
     *     it is not known, and when the database does not answer
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
