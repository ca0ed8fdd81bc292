package io.github.dbleases.spring.leader;

import io.github.dbleases.ClientState;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseConflictException;
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
 * The elections that the methods of an application take part in.
 *
 * <pre>
 *   beans are made     names are collected; nothing is led
 *   all beans exist    the client is asked for the leaderships, and joins them when it starts
 *   the context starts waits until it is known who leads, before the schedulers begin
 *   it is closed       no call begins any more; those that run are waited for by schedulers and client
 * </pre>
 *
 * May be used by any thread.
 */
public final class Candidacies
        implements SmartInitializingSingleton, SmartLifecycle, ApplicationListener<ContextClosedEvent>, Ordered {

    private final ApplicationContext context;
    private final ObjectProvider<LeaseClient> client;
    private final Supplier<Duration> startWait;
    private final int phase;
    private final Map<String, Candidacy> candidacies = new TreeMap<>();
    private boolean begun;
    private boolean ended;
    private volatile boolean running;

    /**
     * Creates what takes part in no election yet.
     *
     * @param context the one whose end counts
     * @param client is asked for when all beans exist and there is a method to guard
     * @param startWait how long the start waits at most until it is known what is led
     * @param phase when it waits: after the client has started, before anything is scheduled
     */
    public Candidacies(
            ApplicationContext context, ObjectProvider<LeaseClient> client, Supplier<Duration> startWait, int phase) {
        this.context = context;
        this.client = client;
        this.startWait = startWait;
        this.phase = phase;
    }

    /** Returns the candidacy for a method. Methods with one name share it. */
    synchronized Candidacy of(Guard guard) {
        Candidacy candidacy = candidacies.computeIfAbsent(guard.name(), absent -> new Candidacy());
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
        begun = true;
        candidacies.forEach(this::begin);
    }

    private void begin(String name, Candidacy candidacy) {
        if (!candidacy.hasBegun()) {
            LeaseClient found = client.getIfAvailable();
            if (found == null) {
                throw new RefusedLeaderOnlyException(
                        "Methods run only in the leader of '%s' (@LeaderOnly), but there is no LeaseClient to elect one: "
                                        .formatted(name)
                                + "dbleases does not know where to keep its leases.",
                        "Configure a PostgreSQL database with spring.datasource.url (and spring-boot-starter-jdbc on the "
                                + "class path) or with dbleases.connection.url, or choose another place with "
                                + "dbleases.store.type, or define a LeaseStore bean, or set dbleases.enabled=false: then "
                                + "these methods run nowhere.");
            }
            candidacy.begin(leadership(found, name, candidacy));
        }
    }

    private static Leadership leadership(LeaseClient client, String name, Candidacy candidacy) {
        try {
            return client.leadership(name);
        } catch (LeaseConflictException taken) {
            throw new RefusedLeaderOnlyException(
                    "@LeaderOnly(\"%s\") on %s needs a leader election, but that is the name of something else: %s"
                            .formatted(name, String.join(", ", candidacy.methods()), taken.problem()),
                    "Give the election a name of its own, for example @LeaderOnly(\"%s-leader\").".formatted(name),
                    taken);
        }
    }

    @Override
    public void start() {
        running = true;
        List<Leadership> joined = joined();
        LeaseClient started = joined.isEmpty() ? null : client.getObject();
        if (started != null && started.state() != ClientState.CLOSED) {
            new StartWait(started, startWait.get()).await(joined);
        }
    }

    private synchronized List<Leadership> joined() {
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

    /** Before other listeners, whose work may take its time. */
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
