package io.github.dbleases.spi;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the store says that a session owns, read in one snapshot.
 *
 * @param live whether the session is live, expired or not
 * @param inbox the inbox counter of the session in the same snapshot
 * @param incarnation which life of the store answered
 * @param quietFor how long this incarnation is still quiet, zero when it is not: nobody takes up a grant that it does not
 *     already hold
 * @param tokenFloor what all tokens that were granted in this incarnation exceed: the end of its quiet time in
 *     microseconds since 1970, or 0 for the first incarnation. A smaller token that the session does not hold may be older
 *     than one that was lost: it is given back, never taken up
 * @param partitions the partitions whose owner is the session
 * @param taskMembers the leases of kind {@link io.github.dbleases.LeaseKind#TASKS} of which the session is a member, each with
 *     the live sessions that are members of it
 */
public record Holdings(
        boolean live,
        long inbox,
        Incarnation incarnation,
        Duration quietFor,
        long tokenFloor,
        List<GrantedPartition> partitions,
        Map<String, Set<Long>> taskMembers) {

    /**
     * A partition that the session owns.
     *
     * @param lease the name of the lease
     * @param number the number of the partition
     * @param token its fencing token
     * @param handOver whether the session is asked to hand it over
     */
    public record GrantedPartition(String lease, int number, long token, boolean handOver) {}
}
