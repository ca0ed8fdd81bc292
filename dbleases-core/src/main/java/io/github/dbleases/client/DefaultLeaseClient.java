package io.github.dbleases.client;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.store.Census;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The client as its users see it: waits where they expect it, and leaves the rest to the engine. */
final class DefaultLeaseClient implements LeaseClient {

    private final LeaseClientConfig config;
    private final Environment environment;
    private final Engine engine;
    private volatile boolean closed;

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
        return engine.exclusively(() -> {
            Duration trustedFor =
                    closed ? Duration.ZERO : engine.keeper().trust().remaining(environment.clock());
            return new ClientStatus(
                    config.clientId(),
                    sessionId(),
                    state(trustedFor),
                    config.timing().ttl(),
                    config.timing().heartbeat(),
                    trustedFor);
        });
    }

    private OptionalLong sessionId() {
        Session session = engine.keeper().session();
        return closed || session == null ? OptionalLong.empty() : OptionalLong.of(session.id());
    }

    private ClientState state(Duration trustedFor) {
        if (closed) {
            return ClientState.CLOSED;
        }
        if (!trustedFor.isZero()) {
            return ClientState.ACTIVE;
        }
        return engine.keeper().hasHadSession() ? ClientState.FENCED : ClientState.STARTING;
    }

    @Override
    public Lease lease(String name, int partitions) {
        Engine.Joining joining = engine.join(LeaseSpec.partitions(name, partitions));
        CompletableFuture<Void> outcome = joining.lease().joined();
        if (!joining.underWay() || !Waiting.atMost(patience(), outcome)) {
            // From here on nobody waits for a refusal: it must not end what the caller was given.
            outcome.complete(null);
            Waiting.atMost(Duration.ZERO, outcome);
        }
        return joining.lease();
    }

    @Override
    public Collection<Lease> leases() {
        return List.copyOf(engine.leases());
    }

    @Override
    public ClusterView cluster() {
        Census census = Waiting.resultWithin(patience(), engine.census())
                .orElseThrow(() -> new StoreUnavailableException("The store did not answer within %d ms."
                        .formatted(patience().toMillis())));
        @Nullable Session own = engine.exclusively(() -> engine.keeper().session());
        return ClusterViews.of(census, own);
    }

    /** Time for the attempt that is under way and for the own one. */
    private Duration patience() {
        return config.timing().attemptTimeout().multipliedBy(2);
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
        CompletableFuture<Void> ended = engine.close().thenRunAsync(this::end, environment.listeners());
        Duration longest = config.drainTimeout().plus(patience().multipliedBy(2));
        boolean inTime = environment.isListening() || Waiting.atMost(longest, ended);
        if (!inTime && !Thread.currentThread().isInterrupted()) {
            end();
        }
    }

    private void end() {
        closed = true;
        environment.shutdown();
    }

    @Override
    public String toString() {
        return "LeaseClient '%s' in state %s".formatted(clientId(), state());
    }
}
