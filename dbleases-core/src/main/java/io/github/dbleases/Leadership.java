package io.github.dbleases;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * A leader election in which this client is a candidate: of all live candidates, at most one is the leader at any instant.
 *
 * <p>A client leads from the moment it has read that it is elected until it gives the leadership up or its trust deadline
 * passes, whichever is first. {@link #isLeader()} makes that check itself, without a lock, an allocation or the database;
 * so the answer is right even when the heartbeat hangs. Work that goes on after the check needs a hold
 * ({@link #runIfLeader}, against hand-overs), the {@link #fence} or the {@link #token} (against pauses).
 *
 * <p>A leadership stays where it is until its leader goes, resigns, or is relieved because leaderships are balanced
 * ({@link LeaseClientConfig#balanceLeaderships()}). All methods may be called from any thread.
 */
public interface Leadership {

    /** Returns the name of the election. */
    String name();

    /** Returns whether this client leads at this moment; a local check. */
    boolean isLeader();

    /**
     * Returns the fencing token while this client leads. It grows with each election, so a resource that remembers the
     * highest token it has seen can refuse a former leader.
     */
    OptionalLong token();

    /**
     * Waits until this client has learned whether it leads, for a time at most; at once if it has since it joined, and not
     * longer than until the client is stopped or leaves. While the client is stopped this does not wait.
     *
     * @return whether it has
     */
    boolean awaitOutcome(Duration atMost);

    /**
     * Reads who leads now, with one query; empty when nobody does, or when the client is stopped and does not ask. It is for
     * people: whether this client leads is told by {@link #isLeader()}.
     *
     * @throws StoreUnavailableException if the store does not answer in time
     */
    Optional<Leader> leader();

    /**
     * Gives way: this client stops leading and another candidate is elected; for ten times the ttl this client comes after
     * all candidates that have not resigned. When it is alone, it is elected again, with a new token. Does nothing when this
     * client does not lead, and does not wait for the end of work that holds the leadership.
     */
    void resign();

    /**
     * Runs work if this client leads at this moment. A hand-over waits until the work returns. That does not prolong the
     * session: past the trust deadline another client may be elected while the work still runs.
     *
     * @return whether the work was run
     */
    boolean runIfLeader(Runnable work);

    /**
     * Calls work if this client leads at this moment, as {@link #runIfLeader} runs it.
     *
     * @return the result of the work; empty if this client does not lead, or if the result is null
     * @throws Exception that of the work
     */
    <T> Optional<T> callIfLeader(Callable<T> work) throws Exception;

    /**
     * Holds the leadership for as long as it takes to finish a piece of work: a hand-over waits until the hold is closed.
     *
     * @return the hold, or empty when this client does not lead at this moment
     */
    Optional<Hold> tryHold();

    /**
     * Lets a transaction commit only while this client still leads, as {@link Hold#fence} does, with the election by which it
     * leads when this is called.
     *
     * <p>Call it as the first statement of the transaction: the leadership may have been lost and won back before this call,
     * which it does not notice. Work that the leader runs calls {@link CurrentLeadership#fence} or {@link Hold#fence}, which
     * notice, as its last statement.
     *
     * @param transaction a connection to the database that keeps the leases, in a transaction
     * @throws OwnershipLostException if this client does not lead: roll back
     * @throws InvalidFenceException if the transaction cannot be protected, see {@link Hold#fence}
     * @throws SQLException if the database fails: roll back
     */
    default void fence(Connection transaction) throws SQLException {
        Optional<Hold> leading = tryHold();
        if (leading.isEmpty()) {
            throw new OwnershipLostException(name(), 0, "This client does not lead '%s'.".formatted(name()));
        }
        try (Hold hold = leading.get()) {
            hold.fence(transaction);
        }
    }

    /**
     * Adds a listener. If this client leads at this moment, the listener is told of that first.
     *
     * @return the registration, which removes the listener when it is closed
     */
    Registration addListener(LeadershipListener listener);

    /**
     * Stops being a candidate; a leader gives way once its work has ended. Waits for that up to the drain timeout, unless
     * the caller is a listener.
     */
    void leave();
}
