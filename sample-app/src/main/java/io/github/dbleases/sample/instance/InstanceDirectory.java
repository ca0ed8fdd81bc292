package io.github.dbleases.sample.instance;

import io.github.dbleases.sample.SampleProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Puts together what the database and the launcher know about the instances. */
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
     * @param session that it had last, or null
     * @param ended whether its process has ended
     * @param startable whether the launcher can start it again
     */
    public record Entry(String name, int port, @Nullable Long session, boolean ended, boolean startable) {}

    /** Returns the name of this instance. */
    public String self() {
        return self;
    }

    /** Returns the instances in the order of their names. */
    public List<Entry> entries() {
        Map<String, Entry> entries = new TreeMap<>();
        Map<String, Long> sessions = new HashMap<>();
        for (InstanceRegistry.Instance instance : registry.all()) {
            // One that has ended and cannot be started from here is of no interest any more.
            if (instance.endedAt() == null) {
                entries.put(
                        instance.name(), new Entry(instance.name(), instance.port(), instance.session(), false, false));
            }
            if (instance.session() != null) {
                sessions.put(instance.name(), instance.session());
            }
        }
        for (LauncherControl.Launched launched : launcher.instances()) {
            entries.put(
                    launched.name(),
                    new Entry(
                            launched.name(),
                            launched.port(),
                            sessions.get(launched.name()),
                            !launched.running(),
                            !launched.running()));
        }
        return new ArrayList<>(entries.values());
    }
}
