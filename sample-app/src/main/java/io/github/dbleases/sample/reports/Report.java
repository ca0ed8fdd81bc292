package io.github.dbleases.sample.reports;

import java.time.Instant;

/**
 * A sales report.
 *
 * @param id its number; later reports have higher ones
 * @param token the fencing token of the leader that wrote it
 * @param writtenBy the instance that wrote it
 * @param writtenAt when, by the database's clock
 * @param done how many orders were done
 * @param waiting how many were waiting
 * @param sales the sum of the done orders with a positive amount, in cents
 * @param refunds the sum of the done orders with a negative amount, in cents
 */
public record Report(
        long id, long token, String writtenBy, Instant writtenAt, long done, long waiting, long sales, long refunds) {}
