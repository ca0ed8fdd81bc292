package io.github.dbleases;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/**
 * A leader election in which this client is a candidate. At any instant, at most one of all candidates leads.
 *
 * <p>A client leads from the moment it reads that it was elected until it gives up the leadership or its trust deadline
 * passes, whichever comes first. {@link #isLeader()} checks the deadline itself, without a lock, an allocation or a database
 * query, so the answer is correct even if the heartbeat hangs. Work that continues after the check needs a hold to delay
 * hand-overs ({@link #runIfLeader}), and the {@link #fence} or the {@link #token} to be safe when the process is paused.
 *
 * <p>A leader keeps the leadership until it stops or resigns, or until leaderships are balanced
 * ({@link LeaseClientConfig#balanceLeaderships()}). All methods may be called from any thread.
 */
public interface Leadership {

    /** Returns the name of the election. */
    String name();

    /** Returns whether this client leads at this moment. This is a local check. */
    boolean isLeader();

    /**
     * Returns the fencing token while this client leads. It increases with each election, so a resource that remembers the
     * highest token it has seen can refuse a former leader.
     */
    OptionalLong token();

    /**
     * Waits until this client knows whether it leads. Returns immediately if it has known that since it joined, or if the
     * client is stopped, and stops waiting if the client is stopped or leaves the election.
     *
     * @return whether the client knows the outcome; false if the time has passed
     */
    boolean awaitOutcome(Duration atMost);

    /**
     * Reads the current leader with one query; empty if there is none, or if the client is stopped. The answer is meant for
     * people. To decide whether this client leads, use {@link #isLeader()}.
     *
     * @throws StoreUnavailableException if the store does not answer in time
     */
    Optional<Leader> leader();

    /**
     * Resigns: this client stops leading and another candidate is elected. For ten times the TTL, candidates that have not
     * resigned are preferred to this client. If it is the only candidate, it is elected again with a new token. Does nothing
     * if this client does not lead, and does not wait for work that holds the leadership.
     */
    void resign();

    /**
     * Runs work if this client leads at this moment. A hand-over waits until the work returns. This does not extend the
     * session: after the trust deadline, another client may be elected while the work still runs.
     *
     * @return whether the work was run
     */
    boolean runIfLeader(Runnable work);

    /**
     * Like {@link #runIfLeader}, with a result.
     *
     * @return the result of the work; empty if this client does not lead, or if the result is null
     * @throws Exception if the work throws it
     */
    <T> Optional<T> callIfLeader(Callable<T> work) throws Exception;

    /**
     * Holds the leadership while a piece of work is done. A hand-over waits until the hold is closed.
     *
     * @return the hold, or empty if this client does not lead at this moment
     */
    Optional<Hold> tryHold();

    /**
     * Lets a transaction commit only if this client keeps the leadership that it has at the time of this call. See
     * {@link Hold#fence}.
     *
     * <p>Call this as the first statement of the transaction. It does not notice if the leadership was lost and won back
     * before the call. {@link CurrentLeadership#fence} and {@link Hold#fence} do; work that the leader runs calls one of them
     * as its last statement.
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
     * Adds a listener. If this client leads at this moment, the first call is {@link LeadershipListener#onElected}.
     *
     * @return the registration, which removes the listener when it is closed
     */
    Registration addListener(LeadershipListener listener);

    /**
     * Stops being a candidate. If this client leads, the leadership is handed over once its work has ended. This method waits
     * for that, up to the drain timeout, unless the caller is a listener.
     */
    void leave();
}
