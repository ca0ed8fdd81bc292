/**
 * Leases in PostgreSQL. This page is the design of the store.
 *
 * <p><b>Parts.</b> The SQL is in the class that executes it, as templates whose parts ({@code {session}}, {@code {proof}})
 * are listed in {@link io.github.dbleases.postgres.OpenConnection}.
 *
 * <pre>
 *   PostgresHeartbeatChannel   opens and renews a session, waits for hints
 *   PostgresWorkChannel        reads what a session owns, marks sessions dead, purges, reads everything
 *        |  transact
 *        v
 *   PostgresTransaction        locks leases, reads members and partitions, writes a plan, ends sessions
 *
 *   ChannelConnection          the connection of a channel: connects, limits the time, retries, explains failures
 *        |  Connector, Attempt
 *        v
 *   OpenConnection             one JDBC connection: which server and incarnation is behind it, its statements
 *        Server, Settings, Driver
 *
 *   TransactionFence           locks the row of a partition in a transaction of the application
 * </pre>
 *
 * <p><b>Locks.</b> A transaction locks lease rows by name, then partition rows by number, and session rows by id in its last
 * statement before the commit. So an assigner that is stopped half-way doesn't block heartbeats for long. A statement that
 * waits for locks reads what was committed before it waited. Everything that depends on a lock is therefore read or
 * compared in a later statement, or in the row that is locked. Times are compared with {@code clock_timestamp()}:
 * {@code now()} is the start of the transaction.
 *
 * <p><b>Time limits.</b> A call ends within the attempt timeout. The server gives up a little earlier
 * ({@link io.github.dbleases.postgres.Settings}), the driver's network timeout ends a read, and when both fail a watchdog
 * aborts the connection ({@link io.github.dbleases.postgres.Attempt}). A connection that failed in any other way than those
 * known to be harmless is discarded.
 *
 * <p><b>Incarnations.</b> Each reply carries a proof of the server and the incarnation that sent it. A reply from another
 * one is discarded, and the connection is set up again, which finds or records the incarnation.
 *
 * <p><b>Poolers.</b> Behind a pooler in transaction mode each transaction may reach another server connection. There the
 * settings are part of each statement, nothing is prepared on the server, and hints don't arrive.
 */
@NullMarked
package io.github.dbleases.postgres;

import org.jspecify.annotations.NullMarked;
