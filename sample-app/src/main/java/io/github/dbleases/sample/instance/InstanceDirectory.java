package io.github.dbleases.sample.instance;

import io.github.dbleases.sample.SampleProperties;
import io.github.dbleases.sample.instance.InstanceRegistry.Instance;
import io.github.dbleases.sample.instance.LauncherControl.Launched;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Combines what the database and the launcher know about the instances. */
@Component
public class InstanceDirectory {

    private final InstanceRegistry registry;
    private final LauncherControl launcher;
    private final String self;

    InstanceDirectory(InstanceRegistry registry, LauncherControl launcher, SampleProperties properties) {
        this.registry = registry;
        this.launcher = launcher;
        this.self = properties.name();
    }

    /**
     * An instance that runs, or that can be started again.
     *
     * @param name for people
     * @param port of its page
     * @param session the last one of this process, or of an earlier process with this name; or null
     * @param phase the phase of its process
     */
    public record Entry(String name, int port, @Nullable Long session, Phase phase) {}

    /** The phases of an instance's process. */
    public enum Phase {
        /** It runs but has not registered its session yet. */
        STARTING,
        /** It has registered its session. */
        RUNNING,
        /** It has ended, and the launcher can start it again. */
        ENDED
    }

    /** Returns the name of this instance. */
    public String self() {
        return self;
    }

    /** Returns the instances in the order of their names. */
    public List<Entry> entries() {
        Map<String, Instance> registered =
                registry.all().stream().collect(Collectors.toMap(Instance::name, Function.identity()));
        Map<String, Entry> entries = new TreeMap<>();
        registered.values().stream()
                // An instance that has ended and that this page cannot start is not shown.
                .filter(instance -> instance.endedAt() == null)
                .forEach(instance -> entries.put(
                        instance.name(),
                        new Entry(instance.name(), instance.port(), instance.session(), Phase.RUNNING)));
        for (Launched launched : launcher.instances()) {
            entries.put(launched.name(), entry(launched, registered.get(launched.name())));
        }
        return new ArrayList<>(entries.values());
    }

    private static Entry entry(Launched launched, @Nullable Instance registered) {
        Phase phase = launched.pid() == 0
                ? Phase.ENDED
                : registered != null && registered.pid() == launched.pid() ? Phase.RUNNING : Phase.STARTING;
        Long session = registered == null ? null : registered.session();
        return new Entry(launched.name(), launched.port(), session, phase);
    }
}
