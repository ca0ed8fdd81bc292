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

/** Tells the listener of a client what happens to its session and to its leases. */
final class Events {

    /** The listener of a client that has none. */
    static final LeaseEventListener NOBODY = event -> {};

    private final String clientId;
    private final LeaseEventListener listener;
    private final ListenerQueue<LeaseEventListener> queue;

    Events(String clientId, LeaseEventListener listener, Executor executor) {
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

    /** Goes on with what could not be told. */
    void nudge() {
        queue.nudge();
    }

    /** Returns whether there is somebody to be told, for whom a hand-over has to wait. */
    boolean haveListener() {
        return listener != NOBODY;
    }

    /** Returns what listens to a lease on behalf of the listener of the client. */
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
