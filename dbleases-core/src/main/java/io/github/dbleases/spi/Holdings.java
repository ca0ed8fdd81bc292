package io.github.dbleases.spi;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a session owns according to the store, read from one snapshot.
 *
 * @param live whether the session is live, even if it has expired
 * @param inbox the inbox counter of the session in the same snapshot
 * @param drained whether the session is asked to stand by, see {@link LeaseTransaction#setDrained}
 * @param incarnation the incarnation of the store that answered
 * @param quietFor the time until the quiet time of this incarnation ends, zero if it has ended; until then no client
 *     takes up a grant that it does not already hold
 * @param tokenFloor all tokens granted in this incarnation are larger: the end of its quiet time in microseconds since
 *     1970, or 0 in the first incarnation. A partition with a smaller token that the client does not hold may have had
 *     a newer grant that was lost, so the client gives it back and never takes it up
 * @param partitions the partitions that the session owns
 * @param taskMembers the leases of kind {@link io.github.dbleases.LeaseKind#TASKS} that the session is a member of,
 *     each with the ids of its live members
 */
public record Holdings(
        boolean live,
        long inbox,
        boolean drained,
        Incarnation incarnation,
        Duration quietFor,
        long tokenFloor,
        List<GrantedPartition> partitions,
        Map<String, Set<Long>> taskMembers) {

    /**
     * A partition that the store has granted to the session.
     *
     * @param lease the name of the lease
     * @param number the number of the partition
     * @param token its fencing token
     * @param handOver whether the session should hand it over
     */
    public record GrantedPartition(String lease, int number, long token, boolean handOver) {}
}
