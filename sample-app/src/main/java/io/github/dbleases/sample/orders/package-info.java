/**
 * The work that the instances share: orders of customers, each order in the partition of its customer.
 *
 * <p>An instance does the orders of the partitions that it owns, one customer's orders in the order of their numbers, and
 * keeps each customer's balance by reading it, computing and writing it. Nothing guards that against another instance
 * but the lease, so a second owner would leave a wrong balance, which {@link io.github.dbleases.sample.orders.BalanceCheck}
 * finds when all orders are done.
 */
@NullMarked
package io.github.dbleases.sample.orders;

import org.jspecify.annotations.NullMarked;
