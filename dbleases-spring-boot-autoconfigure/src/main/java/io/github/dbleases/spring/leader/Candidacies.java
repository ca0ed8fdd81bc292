package io.github.dbleases.spring.leader;

import io.github.dbleases.ClientState;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.spi.observation.ClientObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * The elections in which an application takes part on behalf of its methods.
 *
 * <pre>
 *   beans are created   names are collected; every call is skipped
 *   all beans exist     without a client, the start fails
 *   the context starts  after the client: joins the elections, then waits until each has a known leader, before the
 *                       schedulers start
 *   the context closes  no call begins any more; schedulers and client wait for those that run
 * </pre>
 *
 * <p>All methods may be called from any thread.
 */
final class Candidacies
        implements SmartInitializingSingleton, SmartLifecycle, ApplicationListener<ContextClosedEvent>, Ordered {

    private final ApplicationContext context;
    private final ObjectProvider<LeaseClient> client;
    private final Supplier<ClientObserver> observer;
    private final Supplier<Duration> startWait;
    private final int phase;
    private final Map<String, Candidacy> candidacies = new TreeMap<>();
    private boolean begun;
    private boolean ended;
    private volatile boolean running;

    /**
     * Prepares to take part.
     *
     * @param context the context that ends all candidacies when it closes
     * @param client the client, which is only needed if there is a method to guard
     * @param observer the observer of calls
     * @param startWait the longest time that the start waits until each election has a known leader
     * @param phase the phase of the wait: after the client has started, before anything is scheduled
     */
    Candidacies(
            ApplicationContext context,
            ObjectProvider<LeaseClient> client,
            Supplier<ClientObserver> observer,
            Supplier<Duration> startWait,
            int phase) {
        this.context = context;
        this.client = client;
        this.observer = observer;
        this.startWait = startWait;
        this.phase = phase;
    }

    /** Returns the candidacy for a method. Methods with one name share it. */
    synchronized Candidacy of(Guard guard) {
        Candidacy candidacy = candidacies.computeIfAbsent(guard.name(), Candidacy::new);
        candidacy.addMethod(guard.annotated().call());
        if (ended) {
            candidacy.end();
        } else if (begun) {
            begin(guard.name(), candidacy);
        }
        return candidacy;
    }

    @Override
    public synchronized void afterSingletonsInstantiated() {
        candidacies.keySet().stream().findFirst().ifPresent(this::requiredClient);
    }

    private void begin(String name, Candidacy candidacy) {
        if (!candidacy.hasBegun()) {
            candidacy.begin(leadership(requiredClient(name), name, candidacy), observer.get());
        }
    }

    private LeaseClient requiredClient(String name) {
        LeaseClient found = client.getIfAvailable();
        if (found == null) {
            throw new InvalidConfigurationException(
                    "Methods run only in the leader of '%s' (@LeaderOnly), but there is no LeaseClient to elect one: "
                                    .formatted(name)
                            + "dbleases does not know where to keep its leases.",
                    "Configure a PostgreSQL database with spring.datasource.url (and spring-boot-starter-jdbc on the "
                            + "class path) or with dbleases.connection.url, or choose another place with "
                            + "dbleases.store.type, or define a LeaseStore bean, or set dbleases.enabled=false: then "
                            + "these methods run nowhere.");
        }
        return found;
    }

    private static Leadership leadership(LeaseClient client, String name, Candidacy candidacy) {
        try {
            return client.leadership(name);
        } catch (LeaseConflictException taken) {
            throw new InvalidConfigurationException(
                    candidacy.refused(taken),
                    "Give the election a name of its own, for example @LeaderOnly(\"%s-leader\").".formatted(name),
                    taken);
        }
    }

    @Override
    public void start() {
        running = true;
        List<Leadership> joined = join();
        LeaseClient started = joined.isEmpty() ? null : client.getObject();
        if (started != null
                && started.state() != ClientState.STOPPED
                && started.state() != ClientState.CLOSED
                && !started.status().drained()) {
            new StartWait(started, startWait.get()).await(joined);
        }
    }

    /** The client runs, so that it is refused here if another application uses the name for something else. */
    private synchronized List<Leadership> join() {
        begun = true;
        candidacies.forEach(this::begin);
        return candidacies.values().stream()
                .map(Candidacy::leadership)
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            end();
        }
    }

    private synchronized void end() {
        ended = true;
        candidacies.values().forEach(Candidacy::end);
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    /** Comes before other listeners, whose work can take long. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return phase;
    }
}
