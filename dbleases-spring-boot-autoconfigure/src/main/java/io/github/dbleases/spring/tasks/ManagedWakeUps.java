package io.github.dbleases.spring.tasks;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.postgres.tasks.WakeUps;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Listens for what wakes runners while they run: from after their start to before their end. Without runners, it does
 * nothing.
 */
public final class ManagedWakeUps implements SmartLifecycle {

    private final Supplier<DataSource> dataSource;
    private final Map<String, ? extends Collection<? extends TaskRunner>> runners;
    private @Nullable WakeUps wakeUps;

    /**
     * Prepares to listen.
     *
     * @param dataSource gives what makes a new connection for each call; not asked without runners
     * @param runners whom to wake, by the channel
     */
    public ManagedWakeUps(
            Supplier<DataSource> dataSource, Map<String, ? extends Collection<? extends TaskRunner>> runners) {
        this.dataSource = dataSource;
        this.runners = runners;
    }

    @Override
    public synchronized void start() {
        if (wakeUps == null && !runners.isEmpty()) {
            wakeUps = WakeUps.start(dataSource.get(), runners);
        }
    }

    @Override
    public synchronized void stop() {
        if (wakeUps != null) {
            wakeUps.close();
            wakeUps = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return wakeUps != null;
    }

    @Override
    public int getPhase() {
        return ManagedTaskRunner.PHASE + 1;
    }
}
