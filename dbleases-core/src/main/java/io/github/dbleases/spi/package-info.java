/**
 * The service provider interface of a store: where sessions, leases and partitions are kept.
 *
 * <p>A {@link io.github.dbleases.spi.LeaseStore} gives each client two lines. On the
 * {@link io.github.dbleases.spi.HeartbeatChannel} it renews its session and waits for hints; on the
 * {@link io.github.dbleases.spi.WorkChannel} it does everything else. A store keeps and locks; it decides nothing: what is
 * written in a {@link io.github.dbleases.spi.LeaseTransaction} was decided by the balancer and the client.
 */
@NullMarked
package io.github.dbleases.spi;

import org.jspecify.annotations.NullMarked;
