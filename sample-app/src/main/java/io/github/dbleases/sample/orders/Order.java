package io.github.dbleases.sample.orders;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An order of a customer.
 *
 * @param id in the order in which they came in
 * @param customer whose balance it changes
 * @param amount in cents, negative for a refund
 * @param partition the partition of its customer
 * @param doneAt when it was done, null while it waits
 * @param doneBy the instance that did it, null while it waits
 */
public record Order(
        long id,
        String customer,
        long amount,
        int partition,
        @Nullable Instant doneAt,
        @Nullable String doneBy) {}
