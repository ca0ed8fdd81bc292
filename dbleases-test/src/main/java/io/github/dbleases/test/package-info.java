/**
 * Test support for applications that use leases. {@link io.github.dbleases.test.FakeLease}, {@link
 * io.github.dbleases.test.FakeLeadership} and {@link io.github.dbleases.test.FakeLeaseClient} own and lead what a test
 * tells them to, without a store, a thread or a wait. {@link io.github.dbleases.test.InMemoryCluster} starts real
 * clients on an in-memory store.
 */
@NullMarked
package io.github.dbleases.test;

import org.jspecify.annotations.NullMarked;
