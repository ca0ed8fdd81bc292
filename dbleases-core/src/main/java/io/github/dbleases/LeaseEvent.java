package io.github.dbleases;

/**
 * Something that happened to a client. For each partition and leadership the events alternate, and each start
 * ({@link PartitionsAssigned}, {@link Elected}) is followed by exactly one stop ({@link PartitionsRevoked}, {@link Ousted}),
 * also when the client is closed.
 */
public sealed interface LeaseEvent {

    /** Returns the name of the client, which is for people. */
    String clientId();

    /** The client has come to own partitions of a lease. */
    record PartitionsAssigned(String clientId, String lease, PartitionSet partitions) implements LeaseEvent {}

    /** The client owns partitions of a lease no more; their hand-over waits until the event is handled. */
    record PartitionsRevoked(String clientId, String lease, PartitionSet partitions) implements LeaseEvent {}

    /**
     * The client has come to lead.
     *
     * @param leadership the name of the election
     * @param token the fencing token
     */
    record Elected(String clientId, String leadership, long token) implements LeaseEvent {}

    /**
     * The client leads no more; the next election waits until the event is handled.
     *
     * @param leadership the name of the election
     */
    record Ousted(String clientId, String leadership) implements LeaseEvent {}

    /**
     * The session of the client is over, because the store did not hear of it for too long: all that it owned is lost, and
     * it opens another one.
     *
     * @param session the session that is over
     */
    record SessionLost(String clientId, long session) implements LeaseEvent {}

    /** The client no longer trusts its session, because the store has not answered in time: it owns and leads nothing. */
    record ClientSuspended(String clientId) implements LeaseEvent {}

    /** The client trusts its session, for the first time, or again after it was suspended. */
    record ClientRestored(String clientId) implements LeaseEvent {}
}
