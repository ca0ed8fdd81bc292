package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.ClientState;
import io.github.dbleases.ClientStatus;
import io.github.dbleases.ClusterView;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.Leadership;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseAdministration;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
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
 * <p>While the client runs and takes part in something, a lease, an election or the sharing of tasks, the JVM stays
 * alive; so an application needs no web server to go on working.
 *
 * <p>All methods may be called from any thread.
 */
final class ManagedLeaseClient implements InternalLeaseClient, SmartLifecycle {

    private final LeaseClientConfig config;
    private final Supplier<InternalLeaseClient> starter;
    private final KeepAlive keepAlive;
    private final OwnershipLog ownershipLog;
    private final ManagedLeases leases = new ManagedLeases(this::keepAliveWhileTakingPart);
    private final Object transition = new Object();
    private volatile @Nullable InternalLeaseClient running;
    private volatile boolean startedByTests;
    private volatile boolean stopped;
    private volatile boolean drained;
    private volatile Instant since = Instant.now();
    private volatile boolean closed;

    /**
     * Creates a client that has not started.
     *
     * @param keepsAlive whether it keeps the JVM alive while it takes part in something
     * @param events is told everything that happens to the client
     * @param starter starts a client with these settings that tells a listener everything; called once for each start of
     *     the context
     */
    public ManagedLeaseClient(
            LeaseClientConfig config,
            boolean keepsAlive,
            LeaseEventListener events,
            Function<LeaseEventListener, InternalLeaseClient> starter) {
        this.config = config;
        this.keepAlive = new KeepAlive(keepsAlive);
        this.ownershipLog = new OwnershipLog(leases::partitions);
        LeaseEventListener loggedFirst = event -> {
            ownershipLog.onEvent(event);
            events.onEvent(event);
        };
        this.starter = () -> starter.apply(loggedFirst);
    }

    @Override
    public String clientId() {
        return config.clientId();
    }

    @Override
    public ClientState state() {
        InternalLeaseClient client = running;
        if (client != null) {
            return client.state();
        }
        return stopped || closed ? ClientState.CLOSED : ClientState.STARTING;
    }

    @Override
    public ClientStatus status() {
        InternalLeaseClient client = running;
        return client != null ? client.status() : statusWithoutSession(config, state(), since, drained);
    }

    static ClientStatus statusWithoutSession(
            LeaseClientConfig config, ClientState state, Instant since, boolean drained) {
        return new ClientStatus(
                config.clientId(),
                OptionalLong.empty(),
                state,
                since,
                config.timing().ttl(),
                config.timing().heartbeat(),
                Duration.ZERO,
                drained,
                Optional.empty(),
                Optional.empty());
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
        InternalLeaseClient client = running;
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

    @Override
    public List<HistoryEvent> history(HistoryQuery query) {
        return requireRunning().history(query);
    }

    @Override
    public LeaseAdministration administration() {
        return requireRunning().administration();
    }

    private InternalLeaseClient requireRunning() {
        InternalLeaseClient client = running;
        if (client == null) {
            throw new StoreUnavailableException("The client is %s and has no session.".formatted(state()));
        }
        return client;
    }

    @Override
    public void drain() {
        synchronized (transition) {
            drained = true;
            InternalLeaseClient client = running;
            if (client != null) {
                client.drain();
            }
        }
    }

    @Override
    public void resume() {
        synchronized (transition) {
            drained = false;
            InternalLeaseClient client = running;
            if (client != null) {
                client.resume();
            }
        }
    }

    @Override
    public void retire() {
        InternalLeaseClient client = running;
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
            InternalLeaseClient client = starter.get();
            if (drained) {
                client.drain();
            }
            running = client;
            startedByTests = KeepAlive.isCalledByTests();
            try {
                leases.joinAll(client);
            } catch (RuntimeException notJoined) {
                end(client);
                throw notJoined;
            }
            keepAliveWhileTakingPart();
        }
    }

    /** Test contexts are cached, and closed when the JVM ends: they must not keep it from ending. */
    private void keepAliveWhileTakingPart() {
        synchronized (keepAlive) {
            keepAlive.set(running != null && !leases.isEmpty() && !startedByTests);
        }
    }

    @Override
    public void stop() {
        synchronized (transition) {
            stopped = true;
            InternalLeaseClient client = running;
            if (client != null) {
                end(client);
            }
        }
    }

    private void end(InternalLeaseClient client) {
        try {
            client.close();
        } finally {
            since = Instant.now();
            running = null;
            leases.detachAll();
            ownershipLog.flush();
            keepAliveWhileTakingPart();
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
        return DbLeasesAutoConfiguration.CLIENT_PHASE;
    }
}
