/**
 * The engine of a client; the only owner of threads and clocks. This page is its design.
 *
 * <p><b>Authority.</b> The store decides who owns what. A client owns a partition when it has read the grant in its own
 * session and for as long as it trusts that session. Nobody takes a partition from a live session.
 *
 * <p><b>Trust.</b> A heartbeat that was sent at {@code t0} and answered lets the client trust its session until
 * {@code D = t0 + T - M}. The store lets the session live until at least {@code t0 + T} by its own clock, and the others
 * wait for {@code E} more before they mark it dead; so the trust ends before anybody can own what the client owned. The
 * check is in every read ({@link io.github.dbleases.internal.client.Trust}), on the monotonic clock and on the wall clock; a hung
 * thread or a paused process cannot stop it.
 *
 * <p><b>Parts.</b>
 *
 * <pre>
 *   SessionKeeper   heartbeat loop: opens and renews the session, sets the trust deadline
 *        |  opened, renewed, ended, reborn, lapsed, returned
 *        v
 *      Engine ------> Reconciler   work loop: reads what the session owns, takes up, gives, loses
 *        |               |  LeaseOwnership: what there is of one lease;  HandOverQueue: what is given away
 *        |               v
 *        |             JoinedLease: what users read, without a lock
 *        +----------> ClusterMaintenance   work loop: watches the neighbor, marks dead, assigns, balances, audits
 *        +----------> Closing     the end: drain, release
 *                     Assigner    what is done to a lease under its lock, used by all of them
 * </pre>
 *
 * <p><b>Threads.</b> An {@link io.github.dbleases.internal.client.Environment} gives the engine two loops, timers, and an executor
 * for listeners. All of the engine runs under one monitor, all I/O outside of it, and listeners outside of both; so the
 * engine can be read as if there were one thread, and a simulation can give it one.
 *
 * <p><b>Failure.</b> A request without an answer counts as failed here and as done for the others: nothing is concluded
 * from it, and it is repeated after a back-off for as long as it is wanted. Heartbeats are repeated forever.
 *
 * <p><b>Errors.</b> Any step may be interrupted by an {@code Error}: there is no memory or no thread for it. Such a step
 * leaves less trusted, never more. What must not be trusted any more ends with its epoch
 * ({@link io.github.dbleases.internal.client.TrustDeadline#drop}), which allocates nothing. Every other step records what it has done
 * after it has done it, so that it can be repeated; each heartbeat goes on with what was interrupted. A request that could
 * not take its own failure is attempted again ({@link io.github.dbleases.internal.client.ThreadLoop}), and what a listener was not
 * told is told later ({@link io.github.dbleases.internal.client.ListenerQueue}).
 */
@NullMarked
package io.github.dbleases.internal.client;

import org.jspecify.annotations.NullMarked;
