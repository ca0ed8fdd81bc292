package io.github.dbleases.spring.tasks;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.postgres.tasks.WakeUps;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Listens for the notifications that wake runners, from after their start until before their end. */
final class ManagedWakeUps implements SmartLifecycle {

    private final Supplier<DataSource> dataSource;
    private final Map<String, ? extends Collection<? extends TaskRunner>> runners;
    private @Nullable WakeUps wakeUps;

    /**
     * Prepares to listen.
     *
     * @param dataSource the data source for connections of its own, not needed without runners
     * @param runners the runners to wake, by channel
     */
    ManagedWakeUps(Supplier<DataSource> dataSource, Map<String, ? extends Collection<? extends TaskRunner>> runners) {
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
