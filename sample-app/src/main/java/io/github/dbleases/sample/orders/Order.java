package io.github.dbleases.sample.orders;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An order of a customer.
 *
 * @param id its number; later orders have higher ones
 * @param customer the customer whose balance it changes
 * @param amount in cents, negative for a refund
 * @param partition the partition of its customer
 * @param doneAt when it was done, null while it is waiting
 * @param doneBy the instance that did it, null while it is waiting
 */
public record Order(
        long id,
        String customer,
        long amount,
        int partition,
        @Nullable Instant doneAt,
        @Nullable String doneBy) {}
