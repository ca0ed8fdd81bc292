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
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** The client as its users see it. Waits where they expect it to, and leaves the rest to the engine. */
final class DefaultLeaseClient implements InternalLeaseClient {

    private final LeaseClientConfig config;
    private final Environment environment;
    private final Engine engine;
    private volatile boolean closed;
    private volatile long closedAtMillis;

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
        ClientStatus status = engine.status();
        return closed ? closed(status) : status;
    }

    private ClientStatus closed(ClientStatus last) {
        return new ClientStatus(
                last.clientId(),
                OptionalLong.empty(),
                ClientState.CLOSED,
                Instant.ofEpochMilli(closedAtMillis),
                last.ttl(),
                last.heartbeat(),
                Duration.ZERO,
                last.drained(),
                Optional.empty(),
                last.lastFailure());
    }

    @Override
    public Lease lease(String name, int partitions) {
        return join(LeaseSpec.partitions(name, partitions));
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
        Engine.Joining joining = engine.join(spec);
        CompletableFuture<Void> outcome = joining.lease().joined();
        if (joining.underWay() && Waiting.atMost(engine.answerTimeout(), outcome)) {
            Waiting.atMost(engine.answerTimeout(), joining.lease().decided());
        } else {
            // No caller waits for a refusal from here on, so a refusal must not take the lease away from the caller.
            outcome.complete(null);
            Waiting.atMost(Duration.ZERO, outcome);
        }
        return joining.lease();
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
        return Waiting.answerWithin(engine.answerTimeout(), engine.cluster(WorkChannel::clusterSnapshot));
    }

    @Override
    public ClusterView cluster(String lease) {
        return Waiting.answerWithin(engine.answerTimeout(), engine.cluster(channel -> channel.clusterSnapshot(lease)));
    }

    @Override
    public List<HistoryEvent> history(HistoryQuery query) {
        return Waiting.answerWithin(engine.answerTimeout(), engine.history(query));
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
    public void close() {
        if (closed) {
            return;
        }
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Runnable end = () -> {
            end();
            ended.complete(null);
        };
        CompletableFuture<Void> unused = engine.close().whenComplete((released, failure) -> {
            try {
                environment.listeners().execute(end);
            } catch (Throwable noThread) {
                end.run();
            }
        });
        Duration longest = config.drainTimeout().plus(engine.answerTimeout().multipliedBy(2));
        boolean inTime = environment.isListening() || Waiting.atMost(longest, ended);
        if (!inTime && !Thread.currentThread().isInterrupted()) {
            end();
        }
    }

    private void end() {
        closedAtMillis = environment.clock().wallMillis();
        closed = true;
        environment.shutdown();
    }

    @Override
    public String toString() {
        return "LeaseClient '%s' in state %s".formatted(clientId(), state());
    }
}
