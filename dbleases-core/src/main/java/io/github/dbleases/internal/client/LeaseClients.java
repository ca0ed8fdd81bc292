package io.github.dbleases.internal.client;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.observation.ClientObserver;
import java.util.function.Supplier;

/** Creates clients, for {@link LeaseClient#builder} and the Spring module. */
public final class LeaseClients {

    private LeaseClients() {}

    /**
     * Starts a client as {@link LeaseClient.Builder#start} does.
     *
     * @throws StoreUnusableException if the store reports that it cannot be used as it is
     */
    public static InternalLeaseClient start(LeaseClientConfig config, LeaseStore store) {
        return start(config, store, EventPublisher.NO_LISTENER);
    }

    /**
     * Starts a client as {@link LeaseClient.Builder#start} does.
     *
     * @param listener receives all events of the client
     * @throws StoreUnusableException if the store reports that it cannot be used as it is
     */
    public static InternalLeaseClient start(LeaseClientConfig config, LeaseStore store, LeaseEventListener listener) {
        InternalLeaseClient client = create(config, () -> store, listener);
        client.start();
        return client;
    }

    /** Creates a client that is not started, as the other method does, without an observer. */
    public static InternalLeaseClient create(
            LeaseClientConfig config, Supplier<LeaseStore> store, LeaseEventListener listener) {
        return create(config, store, listener, ClientObserver.NONE);
    }

    /**
     * Creates a client that is not started.
     *
     * @param store asked for at each start
     * @param listener receives all events of the client
     * @param observer observes what the client does, for metrics
     */
    public static InternalLeaseClient create(
            LeaseClientConfig config,
            Supplier<LeaseStore> store,
            LeaseEventListener listener,
            ClientObserver observer) {
        ThreadedEnvironment environment = new ThreadedEnvironment(config, store);
        Engine engine = new Engine(
                config,
                environment,
                (transaction, granted) -> store.get().fence(transaction, granted),
                listener,
                observer);
        return new DefaultLeaseClient(config, environment, engine);
    }
}
