package io.github.dbleases.spring.context;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.TaskSession;
import java.time.Duration;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * A client that takes part while the application context runs.
 *
 * <p>Leases can be asked for at any time, and listeners added; they are joined when the context starts, that is when all
 * beans exist, and before the web server and the schedulers start. Until then the client is
 * {@link ClientState#STARTING} and owns nothing.
 *
 * <p>When the context stops, the client is closed after the web server and the schedulers have stopped: its partitions
 * are drained and go to others. When the context starts again (a test context that was paused, a checkpoint that was
 * restored), a new session is opened and joins the same leases; the {@code Lease} objects and their listeners stay. Once
 * {@link #close() closed} by the application or with the context, the client does not start again.
 *
 * <p>All methods may be called from any thread.
 */
public final class ManagedLeaseClient implements LeaseClient, SmartLifecycle {

    /** Below the phases of the schedulers and of the web server: starts before them and stops after them. */
    public static final int PHASE = Integer.MAX_VALUE / 2 - 1024;

    private final LeaseClientConfig config;
    private final Supplier<LeaseClient> starter;
    private final ManagedLeases leases = new ManagedLeases();
    private final Object transition = new Object();
    private volatile @Nullable LeaseClient running;
    private volatile boolean stopped;
    private volatile boolean closed;

    /**
     * Creates a client that has not started.
     *
     * @param starter starts a client with these settings; called once for each start of the context
     */
    public ManagedLeaseClient(LeaseClientConfig config, Supplier<LeaseClient> starter) {
        this.config = config;
        this.starter = starter;
    }

    @Override
    public String clientId() {
        return config.clientId();
    }

    @Override
    public ClientState state() {
        LeaseClient client = running;
        if (client != null) {
            return client.state();
        }
        return stopped || closed ? ClientState.CLOSED : ClientState.STARTING;
    }

    @Override
    public ClientStatus status() {
        LeaseClient client = running;
        return client != null ? client.status() : statusWithoutSession(config, state());
    }

    static ClientStatus statusWithoutSession(LeaseClientConfig config, ClientState state) {
        return new ClientStatus(
                config.clientId(),
                OptionalLong.empty(),
                state,
                config.timing().ttl(),
                config.timing().heartbeat(),
                Duration.ZERO);
    }

    @Override
    public Lease lease(String name, int partitions) {
        requireOpen();
        return joined(leases.lease(name, partitions));
    }

    @Override
    public Leadership leadership(String name) {
        requireOpen();
        return joined(leases.leadership(name));
    }

    @Override
    public TaskSession taskSession(String name) {
        requireOpen();
        return joined(leases.taskSession(name));
    }

    private <M extends Managed<?, ?>> M joined(M managed) {
        LeaseClient client = running;
        if (client != null) {
            try {
                managed.join(client);
            } catch (RuntimeException notJoined) {
                leases.forget(managed);
                throw notJoined;
            }
        }
        return managed;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("Client '" + clientId() + "' is closed.");
        }
    }

    @Override
    public Collection<Lease> leases() {
        return leases.leases();
    }

    @Override
    public Collection<Leadership> leaderships() {
        return leases.leaderships();
    }

    @Override
    public Collection<TaskSession> taskSessions() {
        return leases.taskSessions();
    }

    @Override
    public ClusterView cluster() {
        return requireRunning().cluster();
    }

    @Override
    public ClusterView cluster(String lease) {
        return requireRunning().cluster(lease);
    }

    private LeaseClient requireRunning() {
        LeaseClient client = running;
        if (client == null) {
            throw new StoreUnavailableException("The client is %s and has no session.".formatted(state()));
        }
        return client;
    }

    @Override
    public void retire() {
        LeaseClient client = running;
        if (client != null) {
            client.retire();
        }
    }

    @Override
    public void start() {
        synchronized (transition) {
            if (closed || running != null) {
                return;
            }
            LeaseClient client = starter.get();
            running = client;
            try {
                leases.joinAll(client);
            } catch (RuntimeException notJoined) {
                end(client);
                throw notJoined;
            }
        }
    }

    @Override
    public void stop() {
        synchronized (transition) {
            stopped = true;
            LeaseClient client = running;
            if (client != null) {
                end(client);
            }
        }
    }

    private void end(LeaseClient client) {
        try {
            client.close();
        } finally {
            running = null;
            leases.detachAll();
        }
    }

    @Override
    public void close() {
        closed = true;
        stop();
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
