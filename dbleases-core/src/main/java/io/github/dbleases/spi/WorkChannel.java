package io.github.dbleases.spi;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The channel on which a client does everything except for heartbeats. It is used by one thread at a time. Any thread
 * may call {@link #close()}, which also ends a call in progress.
 *
 * <p>Every call ends within the attempt timeout. A call that fails with
 * {@link io.github.dbleases.StoreUnavailableException} may or may not have taken effect.
 */
public interface WorkChannel extends AutoCloseable {

    /** Reads what a session owns, from one snapshot. */
    Holdings holdings(long session);

    /** Reads the live session with the next smaller id, wrapping around. */
    Optional<Neighbor> neighbor(long session);

    /**
     * Marks a session dead if the condition holds and no other client has locked the session.
     *
     * @return the names of the leases in which the session is a member, an owner or a pending owner; empty if the
     *     session was not marked
     */
    Optional<Set<String>> markDead(MarkDeadCondition condition);

    /**
     * Runs work under the locks of leases. The work starts when the locks are held, and reads everything that was
     * committed before. The transaction commits when the work returns. If the work throws, nothing is written and the
     * caller gets the exception. After a conflict with another transaction the work runs again, so it must have no side
     * effects. A store without locks runs the work at once, and writes a changed lease only if it is still as it was
     * read.
     *
     * <p>A store that cannot write several leases at once writes them one by one, in the order of their names, and ends
     * sessions last. So the work must leave each lease consistent by itself, and must be repeatable after only some of
     * the leases have been written.
     *
     * @param leases the names of the leases; a lease that does not exist is locked once the work has created it
     */
    <T> T transact(SortedSet<String> leases, Work<T> work);

    /**
     * Runs work as {@link #transact} does, unless the lease is locked by another transaction.
     *
     * @return the result of the work, or empty if the lease is locked; a store without locks never returns empty
     */
    default <T> Optional<T> transactUnlessLocked(String lease, Work<T> work) {
        return Optional.of(transact(new TreeSet<>(Set.of(lease)), work));
    }

    /** Reads a lease without locking it. Empty if it does not exist. */
    Optional<LeaseState> lease(String name);

    /** Reads all sessions and leases, from one snapshot. */
    ClusterSnapshot clusterSnapshot();

    /** Reads all sessions and, if it exists, one lease, from one snapshot. */
    ClusterSnapshot clusterSnapshot(String lease);

    /**
     * Deletes dead sessions that are no longer a member, an owner or a pending owner, if the store keeps dead sessions.
     */
    void purge();

    /**
     * Returns whether the store keeps a history, which is optional: what happened to sessions, leases and elections, for
     * people. A store that keeps one adds an event whenever a session is opened, ended or marked dead, and the events that a
     * transaction records ({@link LeaseTransaction#record}).
     */
    default boolean keepsHistory() {
        return false;
    }

    /** Reads the history, newest first. Called only if the store keeps one. */
    default List<HistoryEvent> history(HistoryQuery query) {
        throw new UnsupportedOperationException("This store keeps no history.");
    }

    /**
     * Deletes events that the store has kept for long enough, at most as many as fit into an attempt.
     *
     * @return whether more are left to be deleted
     */
    default boolean trimHistory() {
        return false;
    }

    /** Tells the channel that there is no work for a while. It may close its connection until the next call. */
    void idle();

    @Override
    void close();

    /**
     * Work that runs under the locks.
     *
     * @param <T> the result
     */
    @FunctionalInterface
    interface Work<T> {

        T in(LeaseTransaction transaction);
    }
}
