package io.github.dbleases.spi;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Snapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads and writes leases, which stay locked until the commit. Valid only within {@link WorkChannel#transact}. */
public interface LeaseTransaction {

    /** Returns whether a session is live, even if it has expired. */
    boolean isLive(long session);

    /** Returns whether a session has expired, marked dead or not. Also true if the session does not exist. */
    boolean isExpired(long session);

    /** Creates a lease without members or owners, unless it exists. Locks the lease in either case. */
    void create(LeaseSpec spec);

    /** Reads a lease. Empty if it does not exist. */
    Optional<LeaseState> lease(String name);

    /**
     * Records what is known of the assignment of a lease from now on. A later change of its members or of the number of
     * its partitions makes it {@link Assigned#UNKNOWN} again, in this transaction and in others.
     */
    void assigned(String name, Assigned assigned);

    /**
     * Changes the number of partitions: adds partitions without an owner, or removes those with the highest numbers.
     */
    void resize(String name, int partitions);

    /**
     * Removes a lease without live members or owners, if it exists: no other method finds it anymore. The store remembers the
     * largest token of its partitions. Whatever is created under its name later, of any kind and size, gets larger tokens, even
     * if the store's clock is set back.
     */
    void remove(String name);

    /**
     * Reads the live members and the partitions of a lease, and deletes the member rows of sessions that are not live.
     * For a leader election, this also counts the leaderships of each member: those that are pending for it, and those
     * that it owns and that are not pending for another session.
     */
    Snapshot snapshot(String name);

    /**
     * Reads a lease as {@link #snapshot} does, but leaves out partitions at rest and only counts them: those that are
     * owned by a live member and not moving, except for the given ones.
     *
     * @param listed the numbers of partitions that are listed in any case
     */
    Snapshot excerpt(String name, Collection<Integer> listed);

    /**
     * Reads some partitions of a lease and, of its live members, those that are pending for one of these partitions.
     * The leaderships are not counted. The cost does not depend on how many members and partitions there are.
     */
    Snapshot handOvers(String name, Collection<Integer> partitions);

    /** Returns whether a session is a member of a lease, or an owner or a pending owner of one of its partitions. */
    boolean names(String name, long session);

    /** Adds a session to the members if it is live and not a member yet. This restarts the settled time. */
    void addMember(String name, long session);

    /** Adds a session to the members of several leases, as {@link #addMember} does. */
    default void addMembers(Collection<String> names, long session) {
        names.forEach(name -> addMember(name, session));
    }

    /** Removes a session from the members, if it is one. This restarts the settled time. */
    void removeMember(String name, long session);

    /**
     * Returns whether this transaction has added or removed a member. Members that a {@link #snapshot} has deleted
     * count as removed.
     */
    boolean membersChanged(String name);

    /** Ranks a member after the others for a time, if the session is a member. The settled time continues. */
    void yieldFor(String name, long session, Duration time);

    /**
     * Writes changes, each only if the partition still has the owner, the pending owner and the token that were read.
     * Before a partition is granted or vacated, its row is locked in a way that conflicts with fenced transactions. If
     * such a transaction is open on it, the change is skipped without waiting.
     *
     * <p>The new token of a granted partition is the largest of: the old token + 1, {@link Change.Grant#above()} + 1,
     * the store's clock in microseconds since 1970, and the token floor of the incarnation ({@link
     * Holdings#tokenFloor()}) + 1.
     *
     * @return the changes that were written
     */
    List<Change> apply(String name, List<Change> changes);

    /**
     * Raises the inbox counters of sessions when the transaction commits, and sends these sessions a hint if that is cheap. Always
     * used together with a change of a lease that affects them, so a store may derive the inboxes from the leases instead
     * of counting.
     */
    void raiseInboxes(Collection<Long> sessions);

    /**
     * Asks a session to hand over everything and stand by, or to take part again, when the transaction commits. Has no effect
     * on a session that is not live. The session finds the request in its {@link Holdings}, which it reads because its inbox
     * changes, or because the caller raises it. The request ends with the session.
     */
    void setDrained(long session, boolean drained);

    /** Ends a session by marking it dead, and adds that to the history. */
    void end(long session);

    /**
     * Adds events to the history when the transaction commits. The store adds the time, the names of the clients, and the
     * token of a leader that was elected. A store without a history ignores them, as the default implementation does.
     *
     * @param by the session that makes the changes
     */
    default void record(long by, Collection<NewEvent> events) {}

    /**
     * The state of a lease.
     *
     * @param kind the kind of lease
     * @param partitions the number of partitions
     * @param settledFor the time since a member was last added or removed; if the store's clock has been set back to
     *     before that, the time until it gets there again
     * @param assigned what is known of the assignment
     */
    record LeaseState(LeaseKind kind, int partitions, Duration settledFor, Assigned assigned) {}

    /**
     * What is known of the assignment of a lease without reading its partitions, as far as sessions have not been marked
     * dead since.
     */
    enum Assigned {

        /** Nothing. Some partitions may have no owner. */
        UNKNOWN,

        /** Each partition has an owner that is a member, or is moving to a member. The shares may be unfair. */
        COMPLETELY,

        /** In addition, the shares are as the balancer wants them. */
        FAIRLY;

        /** Returns the name of this constant in the store. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Returns the constant with a name, as {@link #word()} returns it.
         *
         * @throws IllegalArgumentException if there is no such constant
         */
        public static Assigned ofWord(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
