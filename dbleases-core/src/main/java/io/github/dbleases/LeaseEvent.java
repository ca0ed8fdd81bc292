package io.github.dbleases;

/**
 * Something that happened to a client. For each partition and leadership, the events alternate. Each start
 * ({@link PartitionsAssigned}, {@link Elected}) is followed by exactly one stop ({@link PartitionsRevoked}, {@link Ousted}),
 * also when the client stops.
 */
public sealed interface LeaseEvent {

    /** Returns the name of the client, which is for people. */
    String clientId();

    /** The client got partitions of a lease. */
    record PartitionsAssigned(String clientId, String lease, PartitionSet partitions) implements LeaseEvent {}

    /** The client no longer owns partitions of a lease. Their hand-over waits until the event is handled. */
    record PartitionsRevoked(String clientId, String lease, PartitionSet partitions) implements LeaseEvent {}

    /**
     * The client leads.
     *
     * @param leadership the name of the election
     * @param token the fencing token
     */
    record Elected(String clientId, String leadership, long token) implements LeaseEvent {}

    /**
     * The client no longer leads. The next election waits until the event is handled.
     *
     * @param leadership the name of the election
     */
    record Ousted(String clientId, String leadership) implements LeaseEvent {}

    /**
     * The session of the client has ended, because the store did not get a heartbeat for too long. The client has lost
     * everything it owned, and opens a new session.
     *
     * @param session the session that ended
     */
    record SessionLost(String clientId, long session) implements LeaseEvent {}

    /** The client is suspended, because the store did not answer in time. It owns and leads nothing. */
    record ClientSuspended(String clientId) implements LeaseEvent {}

    /** The client trusts its session, either for the first time or again after it was suspended. */
    record ClientRestored(String clientId) implements LeaseEvent {}
}
