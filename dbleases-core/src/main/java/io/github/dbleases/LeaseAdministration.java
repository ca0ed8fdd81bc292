package io.github.dbleases;

import org.jspecify.annotations.Nullable;

/**
 * Operations on the whole cluster, which any client can ask for, for any other client. They work through the store and keep
 * every safety rule: a live owner is asked to hand over, and nothing is ever taken from it. So a method returns when the
 * request is stored, and the hand-over follows when listeners have returned and holds are closed.
 *
 * <p>Each operation can be repeated: asking for what is already so, or already under way, changes nothing. Operations are
 * recorded in the history, together with the person or system that asked ({@link #requestedBy}).
 *
 * <pre>{@code
 * LeaseAdministration admin = client.administration().requestedBy("alice");
 * OperationResult plan = admin.dryRun().rebalance("orders");
 * admin.rebalance("orders");
 * }</pre>
 *
 * <p>Every method throws a {@link StoreUnavailableException} if the store does not answer in time. The operation may or may not
 * have been done then, and can be repeated.
 */
public interface LeaseAdministration {

    /** Returns these operations on behalf of a person or system, whose name is recorded in the history; null if unknown. */
    LeaseAdministration requestedBy(@Nullable String principal);

    /** Returns these operations as plans: they return what they would do, and change nothing. */
    LeaseAdministration dryRun();

    /**
     * Moves a partition, or a leadership, to a member of the lease. If the shares would no longer be fair, another partition of
     * the receiver goes back in exchange. The partition stays there until shares have to change because a session joins or
     * leaves: a move is no pin.
     *
     * @param lease the name of the lease or election
     * @param partition the number of the partition, 0 for a leadership
     * @param session the member that should own it
     * @throws OperationRefusedException if there is no such lease, partition or member, if the partition has no live owner, or
     *     if balancing would undo the move
     */
    OperationResult move(String lease, int partition, long session);

    /**
     * Balances a lease now, without waiting for the debounce. For an election, relieves a leader that leads at least two more
     * elections than another candidate.
     *
     * @throws OperationRefusedException if there is no such lease, or if it has no partitions
     */
    OperationResult rebalance(String lease);

    /**
     * Makes the leader of an election resign, as {@link Leadership#resign()} does there: another candidate leads next, and the
     * former leader ranks last for ten TTLs.
     *
     * @throws OperationRefusedException if there is no such election, if it has no leader, or if there is no other candidate
     */
    OperationResult resign(String election);

    /**
     * Makes a session resign from an election, and does nothing if it does not lead, so that repeating it does not depose its
     * successor.
     *
     * @throws OperationRefusedException if there is no such election, or if there is no other candidate
     */
    OperationResult resign(String election, long session);

    /**
     * Asks a session to hand over everything and to stand by, as {@link LeaseClient#drain()} does there. Its client applies that
     * at its next heartbeat, or earlier if the store notifies it, and hands a partition over when its listeners have returned
     * and its holds are closed. A client that stands by for another reason, such as {@link LeaseClient#drain()}, is asked too.
     *
     * <p>The request lasts until {@link #resume}, or until the client is stopped. If the client loses its session, its next one
     * begins drained. A process that is started again takes part.
     *
     * <p>The moves of the result are what the session owns now, and who would get it now.
     *
     * @throws OperationRefusedException if there is no such live session
     */
    OperationResult drain(long session);

    /**
     * Withdraws {@link #drain}: the session takes part again, and gets a fair share. Has no effect on a client that stands by for
     * another reason, such as {@link LeaseClient#drain()}. The result contains no moves, because the shares change when the
     * session joins its leases.
     *
     * @throws OperationRefusedException if there is no such live session
     */
    OperationResult resume(long session);

    /**
     * Removes a lease, an election or the membership list of a task runner that no session uses anymore. If a client joins it
     * later, it is created anew, and its fencing tokens are larger than all tokens before. Removing what does not exist has no
     * effect.
     *
     * <p>With several thousands of partitions, this takes several transactions. If it fails half-way, repeat it.
     *
     * @throws OperationRefusedException if a session takes part in it or still owns a partition of it, or if a fenced transaction
     *     is open on one
     */
    OperationResult remove(String lease);
}
