package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseEvent;
import io.github.dbleases.LeaseEvent.Elected;
import io.github.dbleases.LeaseEvent.Ousted;
import io.github.dbleases.LeaseEvent.PartitionsAssigned;
import io.github.dbleases.LeaseEvent.PartitionsRevoked;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.PartitionSet;
import java.util.concurrent.Executor;

/** Publishes the events of a client's session and leases to its listener. */
final class EventPublisher {

    /** Stands for a client without a listener. */
    static final LeaseEventListener NO_LISTENER = event -> {};

    private final String clientId;
    private final LeaseEventListener listener;
    private final ListenerQueue<LeaseEventListener> queue;

    EventPublisher(String clientId, LeaseEventListener listener, Executor executor) {
        this.clientId = clientId;
        this.listener = listener;
        this.queue = new ListenerQueue<>(executor, listener);
    }

    void sessionLost(long session) {
        tell(new LeaseEvent.SessionLost(clientId, session));
    }

    void fenced() {
        tell(new LeaseEvent.ClientSuspended(clientId));
    }

    void restored() {
        tell(new LeaseEvent.ClientRestored(clientId));
    }

    private void tell(LeaseEvent event) {
        queue.tell(to -> to.onEvent(event));
    }

    /** Retries notifications that failed. */
    void nudge() {
        queue.nudge();
    }

    /** Returns whether there is a listener, for which hand-overs have to wait. */
    boolean hasListener() {
        return listener != NO_LISTENER;
    }

    /** Returns a listener to a lease that publishes its events. */
    OwnershipListener of(LeaseSpec spec) {
        return spec.kind() == LeaseKind.LEADER ? new OfElection(spec.name()) : new OfLease(spec.name());
    }

    private final class OfLease implements OwnershipListener {

        private final String lease;

        private OfLease(String lease) {
            this.lease = lease;
        }

        @Override
        public void assigned(PartitionSet partitions, Grants grants) {
            listener.onEvent(new PartitionsAssigned(clientId, lease, partitions));
        }

        @Override
        public void revoked(PartitionSet partitions) {
            listener.onEvent(new PartitionsRevoked(clientId, lease, partitions));
        }
    }

    private final class OfElection implements OwnershipListener {

        private final String election;

        private OfElection(String election) {
            this.election = election;
        }

        @Override
        public void assigned(PartitionSet leadership, Grants grants) {
            long token = grants.token(JoinedLeadership.PARTITION).orElseThrow();
            listener.onEvent(new Elected(clientId, election, token));
        }

        @Override
        public void revoked(PartitionSet leadership) {
            listener.onEvent(new Ousted(clientId, election));
        }
    }
}
