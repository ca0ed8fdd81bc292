package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.spi.observation.ClientObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Starts clients, for {@link LeaseClient#builder} and the Spring module. */
public final class LeaseClients {

    private LeaseClients() {}

    /**
     * Starts a client, and waits until it has opened its session or the first attempt has failed. After a failed
     * attempt, the client is returned in the state {@link io.github.dbleases.ClientState#STARTING} and keeps trying.
     *
     * @throws StoreUnusableException if the store reports that it cannot be used as it is
     */
    public static InternalLeaseClient start(LeaseClientConfig config, LeaseStore store) {
        return start(config, store, EventPublisher.NO_LISTENER);
    }

    /**
     * Starts a client as {@link #start(LeaseClientConfig, LeaseStore)} does, with a listener.
     *
     * @param listener receives all events of the client
     * @throws StoreUnusableException if the store reports that it cannot be used as it is
     */
    public static InternalLeaseClient start(LeaseClientConfig config, LeaseStore store, LeaseEventListener listener) {
        return start(config, store, listener, ClientObserver.NONE);
    }

    /**
     * Starts a client as {@link #start(LeaseClientConfig, LeaseStore)} does, with a listener and an observer.
     *
     * @param listener receives all events of the client
     * @throws StoreUnusableException if the store reports that it cannot be used as it is
     */
    public static InternalLeaseClient start(
            LeaseClientConfig config, LeaseStore store, LeaseEventListener listener, ClientObserver observer) {
        HeartbeatChannel heartbeats = store.heartbeatChannel(config.timing());
        WorkChannel work = store.workChannel(config.timing());
        ThreadedEnvironment environment = new ThreadedEnvironment(config, heartbeats, work);
        Engine engine = new Engine(config, environment, heartbeats, work, store::fence, listener, observer);
        try {
            environment.start(engine::currentSession, engine::hinted);
            engine.start();
        } catch (Throwable noThread) {
            environment.shutdown();
            throw noThread;
        }
        DefaultLeaseClient client = new DefaultLeaseClient(config, environment, engine);
        CompletableFuture<Optional<RuntimeException>> firstAttempt =
                engine.keeper().firstAttempt();
        if (!Waiting.atMost(config.timing().attemptTimeout().multipliedBy(2), firstAttempt)) {
            firstAttempt.complete(Optional.empty());
        }
        firstAttempt.join().filter(StoreUnusableException.class::isInstance).ifPresent(unusable -> {
            environment.shutdown();
            throw unusable;
        });
        return client;
    }
}
