package io.github.dbleases.spi;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Reads and writes leases that are locked until it commits. Used only within {@link WorkChannel#transact}. */
public interface LeaseTransaction {

    /** Returns whether a session is live, expired or not. */
    boolean isLive(long session);

    /** Returns whether a session has expired, marked dead or not; true for a session that does not exist. */
    boolean isExpired(long session);

    /** Creates a lease without members, its partitions without owners, unless it exists; locks it in both cases. */
    void create(LeaseSpec spec);

    /** Reads a lease, or empty if it does not exist. */
    Optional<LeaseState> lease(String name);

    /** Changes the number of partitions: new ones come without an owner, those beyond the number go. */
    void resize(String name, int partitions);

    /**
     * Reads the live members and the partitions of a lease; member rows of sessions that are not live are deleted. Where
     * the lease is a leader election, the leaderships of the members are counted: those that are pending for them, and those
     * that they own and that are pending for nobody else.
     */
    Snapshot snapshot(String name);

    /** Adds a live session to the members, unless it is one; then the settled time starts anew. */
    void addMember(String name, long session);

    /** Removes a session from the members, if it is one; then the settled time starts anew. */
    void removeMember(String name, long session);

    /**
     * Returns whether this transaction has added a member, or removed one, those included that a {@link #snapshot} has
     * deleted.
     */
    boolean membersChanged(String name);

    /** Lets a member come after the others for a time from now on, if it is one; the settled time goes on. */
    void yieldFor(String name, long session, Duration time);

    /**
     * Writes changes, each only if owner, pending owner and token of its partition are still those that were read. The
     * row of a partition that is granted or vacated is locked first so that it conflicts with a fenced transaction on it;
     * where such a transaction is open, the change is left out rather than waited for.
     *
     * <p>The new token of a partition that is granted is the largest of: one more than the old token, one more than
     * {@link Change.Grant#above()}, the store's clock in microseconds since 1970, and one more than the token floor of the
     * incarnation ({@link Holdings#tokenFloor()}).
     *
     * @return the changes that were written
     */
    List<Change> apply(String name, List<Change> changes);

    /**
     * Raises the inbox counters of sessions when the transaction commits, and sends them a hint. It goes with a change of a
     * lease that concerns them: a store may derive the inboxes from the leases instead of counting.
     */
    void raiseInboxes(Collection<Long> sessions);

    /** Marks a session as dead. */
    void end(long session);

    /**
     * A lease.
     *
     * @param kind what it is used for
     * @param partitions how many partitions it has
     * @param settledFor the time since a member was added or removed; if the store's clock was set back meanwhile, by how
     *     much it is behind that time
     */
    record LeaseState(LeaseKind kind, int partitions, Duration settledFor) {}
}
