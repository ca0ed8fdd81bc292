package io.github.dbleases.spi;

import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * The line on which a client does all work but its heartbeats. Used by one thread at a time; {@link #close()} may be
 * called by any thread and ends a call that is under way.
 *
 * <p>Every call ends within the attempt timeout. A call that fails with
 * {@link io.github.dbleases.StoreUnavailableException} may have had its effect.
 */
public interface WorkChannel extends AutoCloseable {

    /** Reads what a session owns, in one snapshot. */
    Holdings holdings(long session);

    /** Reads the live session with the largest id smaller than that of a session, wrapping round. */
    Optional<Neighbor> neighbor(long session);

    /**
     * Marks a session dead if the condition of the condition holds and nobody else is at it.
     *
     * @return the names of the leases in which the session is a member, an owner or a pending owner; empty if it was not
     *     marked
     */
    Optional<Set<String>> markDead(MarkDeadCondition condition);

    /**
     * Does work under the locks of leases: it starts when they are held, reads what was committed before that, and is
     * committed when the work returns. If the work throws, nothing is written and the exception is passed on. After a
     * conflict with another transaction the work is done again, so it must have no other effect. A store without locks does
     * the work at once and writes what it has changed only if nobody else has written the lease since it was read.
     *
     * <p>A store that cannot write several leases at once writes them one after the other, in the order of their names, and
     * the ends of sessions last. So the work must be such that each lease is right by itself, and that the work can be done
     * again when some of them are written.
     *
     * @param leases the names of the leases; one that does not exist is locked once the work has created it
     */
    <T> T transact(SortedSet<String> leases, Work<T> work);

    /** Reads everything, in one snapshot. */
    ClusterSnapshot clusterSnapshot();

    /** Reads all sessions and one lease, if it exists, in one snapshot. */
    ClusterSnapshot clusterSnapshot(String lease);

    /** Deletes the dead sessions that no member, owner or pending owner names any more, if the store keeps dead ones. */
    void purge();

    /** Says that there is no work for a while: a connection may be closed until the next call. */
    void idle();

    @Override
    void close();

    /**
     * What is done under the locks.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    interface Work<T> {

        T in(LeaseTransaction transaction);
    }
}
