package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.ClientState;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseEventListener;
import io.github.dbleases.internal.InternalLeaseClient;
import java.util.function.Function;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Lets the client take part while the application context runs.
 *
 * <pre>
 *   the bean is created   leases can be asked for and listened to; they own nothing
 *   the context starts    all beans exist: the client starts, before the schedulers and the web server
 *   the context closes    it takes up nothing new, and keeps what it owns until running work has ended
 *   the context stops     it stops, after the web server and the schedulers; its partitions go to others
 *   the context starts    again: a test context that was paused, a checkpoint that was restored
 *   the context is gone   the client is closed
 * </pre>
 *
 * <p>While the client runs and takes part in something, a lease, an election or the sharing of tasks, the JVM stays alive. So
 * an application needs no web server to go on working.
 *
 * <p>If dbleases is switched off, the client is never started.
 */
final class ClientLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, DisposableBean {

    private final ApplicationContext context;
    private final boolean enabled;
    private final KeepAlive keepAlive;
    private final OwnershipLog ownershipLog;
    private final InternalLeaseClient client;
    private volatile boolean startedByTests;

    /**
     * Creates the client.
     *
     * @param context the context that starts and stops it; events of child contexts arrive here too
     * @param enabled whether it is ever started
     * @param keepsAlive whether it keeps the JVM alive while it takes part in something
     * @param events receives everything that happens to the client
     * @param create returns a client that passes everything that happens to it to a listener
     */
    ClientLifecycle(
            ApplicationContext context,
            boolean enabled,
            boolean keepsAlive,
            LeaseEventListener events,
            Function<LeaseEventListener, InternalLeaseClient> create) {
        this.context = context;
        this.enabled = enabled;
        this.keepAlive = new KeepAlive(keepsAlive);
        OwnershipLog loggedFirst = new OwnershipLog(this::partitions);
        this.ownershipLog = loggedFirst;
        this.client = create.apply(event -> {
            loggedFirst.onEvent(event);
            events.onEvent(event);
        });
        client.onLeasesChanged(this::keepAliveWhileTakingPart);
    }

    LeaseClient client() {
        return client;
    }

    /** Returns how many partitions a lease has, 0 if the client does not take part in it. */
    private int partitions(String name) {
        return client.leases().stream()
                .filter(lease -> lease.name().equals(name))
                .mapToInt(Lease::partitions)
                .sum();
    }

    @Override
    public void start() {
        if (enabled && client.state() != ClientState.CLOSED) {
            startedByTests = KeepAlive.isCalledByTests();
            client.start();
            keepAliveWhileTakingPart();
        }
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            client.retire();
        }
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    @Override
    public void stop() {
        try {
            client.stop();
        } finally {
            ownershipLog.flush();
            keepAliveWhileTakingPart();
        }
    }

    @Override
    public void destroy() {
        client.close();
        keepAliveWhileTakingPart();
    }

    /** Test contexts are cached, and closed when the JVM ends: they must not keep it from ending. */
    private void keepAliveWhileTakingPart() {
        synchronized (keepAlive) {
            keepAlive.set(isRunning() && !startedByTests && takesPart());
        }
    }

    private boolean takesPart() {
        return !client.leases().isEmpty()
                || !client.leaderships().isEmpty()
                || !client.taskSessions().isEmpty();
    }

    @Override
    public boolean isRunning() {
        ClientState state = client.state();
        return state != ClientState.STOPPED && state != ClientState.CLOSED;
    }

    @Override
    public int getPhase() {
        return DbLeasesAutoConfiguration.CLIENT_PHASE;
    }
}
