package io.github.dbleases.keyvalue;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Timing;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.MarkDeadCondition;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Two processes, each with a key-value store and its own clocks, on the same documents. */
abstract class TwoProcesses {

    static final Timing TIMING = Timing.DEFAULT;

    final MapBackend documents = new MapBackend();
    final InterposedBackend backend = new InterposedBackend(documents);
    final SettableHost host = new SettableHost();
    final SettableHost otherHost = new SettableHost();
    final LeaseStore store = new KeyValueLeaseStore(backend, host);
    final HeartbeatChannel heartbeats = store.heartbeatChannel(TIMING);
    final WorkChannel work = store.workChannel(TIMING);
    final LeaseStore otherStore = new KeyValueLeaseStore(documents, otherHost);
    final HeartbeatChannel otherHeartbeats = otherStore.heartbeatChannel(TIMING);
    final WorkChannel otherWork = otherStore.workChannel(TIMING);

    Renewal open(long session) {
        return heartbeats.open(newSession(session));
    }

    void openOther(long session) {
        otherHeartbeats.open(newSession(session));
    }

    static NewSession newSession(long session) {
        return new NewSession(session, "client-" + session, 1, TIMING.ttl(), TIMING.grace());
    }

    void create(String lease) {
        otherWork.transact(names(lease), transaction -> {
            transaction.create(LeaseSpec.partitions(lease, 2));
            return null;
        });
    }

    static TreeSet<String> names(String name) {
        return new TreeSet<>(List.of(name));
    }

    Optional<?> markDead(long session, Instant expectedTime) {
        return work.markDead(new MarkDeadCondition(session, TIMING.grace(), expectedTime, TIMING.ttl()));
    }
}
