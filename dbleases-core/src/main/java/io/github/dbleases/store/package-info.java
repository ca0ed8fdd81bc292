/**
 * The service provider interface of a store: where sessions, leases and partitions are kept.
 *
 * <p>A {@link io.github.dbleases.store.LeaseStore} gives each client two lines. On the
 * {@link io.github.dbleases.store.HeartbeatLine} it renews its session and waits for hints; on the
 * {@link io.github.dbleases.store.WorkLine} it does everything else. A store keeps and locks; it decides nothing: what is
 * written in a {@link io.github.dbleases.store.LeaseTransaction} was decided by the balancer and the client.
 */
@NullMarked
package io.github.dbleases.store;

import org.jspecify.annotations.NullMarked;
