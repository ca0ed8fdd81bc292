package io.github.dbleases.spi;

/**
 * The grant that a transaction of an application depends on.
 *
 * @param lease the name of the lease
 * @param partition the number of the partition
 * @param session the session to which the partition was granted
 * @param token the fencing token of the grant
 */
public record FencedPartition(String lease, int partition, long session, long token) {}
