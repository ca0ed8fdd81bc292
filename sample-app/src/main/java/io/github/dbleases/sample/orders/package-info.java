/**
 * The work that the instances share: customers' orders. Each order is in the partition of its customer.
 *
 * <p>An instance processes the orders of the partitions that it owns, and each customer's orders by ascending number.
 * It updates a balance by reading, computing and writing it. Only the lease protects that against another instance, so
 * a second owner would leave a wrong balance, which {@link io.github.dbleases.sample.orders.BalanceCheck} finds when
 * all orders are done.
 */
@NullMarked
package io.github.dbleases.sample.orders;

import org.jspecify.annotations.NullMarked;
