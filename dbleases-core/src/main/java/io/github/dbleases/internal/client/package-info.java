/**
 * The engine of a client. It owns all threads and clocks. This page is its design.
 *
 * <h2>What a client owns</h2>
 *
 * <p>The store decides which session owns which partition, and never takes a partition from a live session. A client
 * owns a partition if it has read the grant in its current session, for as long as it trusts that session. T is the
 * TTL, H the heartbeat, M the margin and E the grace, as in docs/how-it-works.md.
 *
 * <h2>The session</h2>
 *
 * <pre>
 *              open                          trust lapses
 *   (none) ------------> TRUSTED --------------------------------> LAPSED
 *      ^                 |  ^  ^                                   |    |
 *      |          renew  +--+  +-----------------------------------+    |
 *      |                 |                renewed: still live           |
 *      +-----------------+----------------------------------------------+
 *           renewal finds the session over: drop everything, open another one
 * </pre>
 *
 * <p>{@link io.github.dbleases.internal.client.SessionKeeper} sends a heartbeat every H, for as long as the client is
 * started. A heartbeat that was sent at {@code t0} and answered lets the client trust its session until {@code D = t0 + T
 * - M}. The store keeps the session until at least {@code t0 + T} by its own clock, and other clients wait for another
 * E before they mark it dead. So the trust ends before another client can own anything that this client owned.
 *
 * <p>Every read checks the deadline against both clocks ({@link io.github.dbleases.internal.client.Trust}), so neither
 * a hung thread nor a paused process can miss it. When it passes, listeners are told that everything is revoked. If the
 * next answered heartbeat finds the session still live, the client trusts the same partitions with the same tokens
 * again.
 *
 * <h2>A partition</h2>
 *
 * <p>A reply to a heartbeat, or a hint, tells the client that something has changed. The client then reads its grants,
 * and {@link io.github.dbleases.internal.client.Reconciler} brings what the client works on in line with them:
 *
 * <ul>
 *   <li>It takes up new grants: the partition appears in the view, and listeners are told that it is assigned.
 *   <li>It hands over what the store asks for: the partition leaves the view, listeners are told that it is revoked,
 *       and when they have returned and all holds are closed (the partition is drained), the client gives it to the
 *       next owner in one transaction.
 *   <li>It stops work on what it no longer owns, in the same way but without giving it to another owner.
 * </ul>
 *
 * <p>{@link io.github.dbleases.internal.client.LeaseOwnership} has the states of a partition, and
 * {@link io.github.dbleases.internal.client.JoinedLease} the view that users read, without a lock.
 *
 * <h2>Stop and start</h2>
 *
 * <p>A client can be stopped and started any number of times. {@link io.github.dbleases.internal.client.Stopping} drains
 * what it owns, releases it and ends the session. Then the client goes through the same steps as when a session is lost:
 * the epoch of trust ends, without an allocation, and everything that was granted is dropped. What differs is that no other
 * session follows until the next start. The leases, their listeners and the dropped tokens stay, and so do the requests
 * that were not made. Each request decides right before it is made whether it is still wanted, and an answer counts only in
 * the session for which it was asked. A heartbeat counts only in the run that has sent it, and a stop only in its own.
 *
 * <h2>The cluster</h2>
 *
 * <p>There is no coordinator. {@link io.github.dbleases.internal.client.ClusterMaintenance} watches the neighbor, which
 * is the live session with the next smaller id, and marks it dead when it has expired. The client that sees a change
 * (it joins, leaves, audits or has marked a session dead) assigns partitions under the lock of the lease ({@link
 * io.github.dbleases.internal.client.Assigner}). Orphans are assigned at once, and balancing waits for the debounce.
 * Once per T, the client with the smallest session id audits the cluster and repairs what others have left undone.
 *
 * <h2>The parts</h2>
 *
 * <pre>
 *   SessionKeeper   heartbeat loop: opens and renews the session, sets the trust deadline
 *        |  opened, renewed, ended, incarnation changed, trust lapsed, trust returned
 *        v
 *      Engine ------> Membership          work loop: joins and leaves leases
 *        +----------> Reconciler          work loop: reads grants; takes up, hands over, drops
 *        |               |  LeaseOwnership: the partitions of one lease;  HandOverQueue: what is given away
 *        |               v
 *        |             JoinedLease        the view that users read, without a lock
 *        +----------> ClusterMaintenance  work loop: watches, marks dead, assigns, balances, audits
 *        +----------> Stopping            drains, releases, ends the session
 *                     JobQueue            the jobs of all of them, repeated until they succeed
 *                     Assigner            the changes of a lease under its lock
 * </pre>
 *
 * <p>An {@link io.github.dbleases.internal.client.Environment} gives the engine two request loops, timers, and an
 * executor for listeners. The whole engine runs under one monitor. I/O runs outside of the monitor, and listeners run
 * outside of both. So the engine can be read as if there were one thread, and a simulation can run it on one.
 *
 * <h2>Safety rules</h2>
 *
 * <p>The numbers are those of docs/how-it-works.md.
 *
 * <ol>
 *   <li>All arithmetic on expiry is done by the store, with its own clock.
 *   <li>A session is trusted until {@code D = t0 + T - M}, where {@code t0} is read before sending. Every read makes
 *       the check, on two clocks ({@link io.github.dbleases.internal.client.Trust}).
 *   <li>{@code H <= T / 3}, {@code H + 2 Q + M <= T} and {@code M + E >= T / 10}, where Q is the attempt timeout.
 *       Anything else is refused at start ({@link io.github.dbleases.Timing}).
 *   <li>A client acts only on what it was granted in this session, with the token that it read. It never picks up a
 *       token that it has dropped ({@link io.github.dbleases.internal.client.DroppedTokens}).
 *   <li>The tokens of a partition strictly increase ({@link io.github.dbleases.spi.LeaseTransaction#apply}).
 *   <li>A request without an answer counts as failed for this client and as done for the others. The client draws no
 *       conclusion from it, and repeats it after a back-off for as long as it is wanted.
 *   <li>A new incarnation of the store begins with a quiet time ({@link io.github.dbleases.internal.client.QuietTime}).
 *       A client keeps only what it trusted without a gap and the store confirms.
 *   <li>A session is marked dead only after its own grace, and only if clocks, heartbeats and incarnation were
 *       undisturbed for long enough ({@link io.github.dbleases.internal.client.ClockGuard}).
 *   <li>Grants lock the partition's row against fenced transactions.
 *   <li>Listeners run on threads of their own, and each start has exactly one stop
 *       ({@link io.github.dbleases.internal.client.Listeners}).
 *   <li>Whatever throws, even an {@code Error} for lack of memory or threads, leaves less trusted, never more. What
 *       must no longer be trusted ends with its epoch ({@link io.github.dbleases.internal.client.TrustDeadline#drop}),
 *       which allocates nothing. Every other step records that it is done after it is done, so that it can be repeated,
 *       and each heartbeat resumes what was interrupted. A request that could not handle its failure is attempted again
 *       ({@link io.github.dbleases.internal.client.ThreadLoop}), and a listener that could not be notified is notified
 *       later ({@link io.github.dbleases.internal.client.ListenerQueue}).
 * </ol>
 */
@NullMarked
package io.github.dbleases.internal.client;

import org.jspecify.annotations.NullMarked;
