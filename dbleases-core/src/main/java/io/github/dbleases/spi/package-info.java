/**
 * The service provider interface of a store, which keeps sessions, leases and partitions.
 *
 * <p>A {@link io.github.dbleases.spi.LeaseStore} gives each client two channels. On the
 * {@link io.github.dbleases.spi.HeartbeatChannel}, the client renews its session and waits for hints. On the
 * {@link io.github.dbleases.spi.WorkChannel}, it does everything else. A store stores and locks, but makes no
 * decisions: the balancer and the client decide what to write in a {@link io.github.dbleases.spi.LeaseTransaction}.
 */
@NullMarked
package io.github.dbleases.spi;

import org.jspecify.annotations.NullMarked;
