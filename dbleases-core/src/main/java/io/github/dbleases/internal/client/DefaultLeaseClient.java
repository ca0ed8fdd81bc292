package io.github.dbleases.internal.client;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseAdministration;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The client as its users see it. Waits where they expect it to, and leaves the rest to the engine. */
final class DefaultLeaseClient implements InternalLeaseClient {

    private final LeaseClientConfig config;
    private final Environment environment;
    private final Engine engine;
    private volatile Runnable leasesChanged = () -> {};

    DefaultLeaseClient(LeaseClientConfig config, Environment environment, Engine engine) {
        this.config = config;
        this.environment = environment;
        this.engine = engine;
    }

    @Override
    public String clientId() {
        return config.clientId();
    }

    @Override
    public ClientState state() {
        return status().state();
    }

    @Override
    public ClientStatus status() {
        return engine.status();
    }

    @Override
    public void start() {
        Duration longest = engine.answerTimeout().plus(engine.isStopping() ? longestStop() : Duration.ZERO);
        CompletableFuture<Optional<RuntimeException>> attempted = engine.start();
        try {
            if (environment.isListening() || !Waiting.atMost(longest, attempted)) {
                attempted.complete(Optional.empty());
            }
            attempted.join().filter(StoreUnusableException.class::isInstance).ifPresent(unusable -> {
                throw unusable;
            });
            engine.declaredLeases().forEach(this::awaitJoined);
        } catch (StoreUnusableException | LeaseConflictException refused) {
            stop();
            throw refused;
        }
    }

    /** Waits until a lease is joined, if the client is joining it now. */
    private void awaitJoined(JoinedLease lease) {
        CompletableFuture<Void> joined = lease.joined();
        boolean waits = !environment.isListening() && engine.isJoining();
        if (waits && Waiting.atMost(engine.answerTimeout(), joined)) {
            Waiting.atMost(engine.answerTimeout(), lease.decided());
        } else {
            // No caller waits for a refusal from here on, so a refusal must not take the lease away from the caller.
            joined.complete(null);
            Waiting.atMost(Duration.ZERO, joined);
        }
    }

    @Override
    public Lease lease(String name, int partitions) {
        return join(LeaseSpec.partitions(name, partitions));
    }

    @Override
    public Map<String, Lease> leases(Map<String, Integer> partitions) {
        List<LeaseSpec> specs = partitions.entrySet().stream()
                .map(lease -> LeaseSpec.partitions(lease.getKey(), lease.getValue()))
                .toList();
        Map<String, Lease> joined = new TreeMap<>();
        join(specs).forEach(lease -> joined.put(lease.name(), lease));
        return Collections.unmodifiableMap(joined);
    }

    @Override
    public Leadership leadership(String name) {
        return join(LeaseSpec.leader(name)).leadership();
    }

    @Override
    public TaskSession taskSession(String name) {
        return join(LeaseSpec.tasks(name)).taskSession();
    }

    private JoinedLease join(LeaseSpec spec) {
        return join(List.of(spec)).get(0);
    }

    private List<JoinedLease> join(Collection<LeaseSpec> specs) {
        List<Engine.Joining> joining = engine.join(specs);
        for (Engine.Joining started : joining) {
            if (started.isNew()) {
                leasesChanged.run();
                CompletableFuture<Void> unused =
                        started.lease().left().thenRunAsync(() -> leasesChanged.run(), environment.listeners());
            }
        }
        List<JoinedLease> leases = joining.stream().map(Engine.Joining::lease).toList();
        leases.forEach(this::awaitJoined);
        return leases;
    }

    @Override
    public void onLeasesChanged(Runnable action) {
        leasesChanged = action;
    }

    @Override
    public Collection<Lease> leases() {
        return List.copyOf(engine.leases(LeaseKind.PARTITIONS));
    }

    @Override
    public Collection<Leadership> leaderships() {
        return engine.leases(LeaseKind.LEADER).stream()
                .<Leadership>map(JoinedLease::leadership)
                .toList();
    }

    @Override
    public Collection<TaskSession> taskSessions() {
        return engine.leases(LeaseKind.TASKS).stream()
                .<TaskSession>map(JoinedLease::taskSession)
                .toList();
    }

    @Override
    public ClusterView cluster() {
        return Waiting.answerWithin(engine.answerTimeout(), engine.requests().cluster(WorkChannel::clusterSnapshot));
    }

    @Override
    public ClusterView cluster(String lease) {
        return Waiting.answerWithin(
                engine.answerTimeout(), engine.requests().cluster(channel -> channel.clusterSnapshot(lease)));
    }

    @Override
    public List<HistoryEvent> history(HistoryQuery query) {
        return Waiting.answerWithin(engine.answerTimeout(), engine.requests().history(query));
    }

    @Override
    public void drain() {
        engine.drain(true);
    }

    @Override
    public void resume() {
        engine.drain(false);
    }

    @Override
    public LeaseAdministration administration() {
        return new DefaultLeaseAdministration(engine);
    }

    @Override
    public void retire() {
        engine.retire();
    }

    @Override
    public void stop() {
        engine.stop().ifPresent(this::await);
    }

    @Override
    public void close() {
        engine.close().ifPresent(this::await);
    }

    private void await(Stopping stopping) {
        boolean inTime = environment.isListening() || Waiting.atMost(longestStop(), stopping.done());
        if (!inTime && !Thread.currentThread().isInterrupted()) {
            engine.exclusively(stopping::complete);
        }
    }

    private Duration longestStop() {
        return config.drainTimeout().plus(engine.answerTimeout().multipliedBy(2));
    }

    @Override
    public String toString() {
        return "LeaseClient '%s' in state %s".formatted(clientId(), state());
    }
}
