package io.github.dbleases.spring.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Warns of settings that are set for another store than the chosen one. They are no error, as settings are shared: a test
 * that chooses the store in memory may well have the schema of production.
 */
public final class UnusedSettings implements InitializingBean {

    private static final Logger LOGGER = LoggerFactory.getLogger(UnusedSettings.class);

    private static final Set<String> POSTGRES = Set.of("postgres");
    private static final Set<String> DATABASES = Set.of("postgres", "jdbc");

    /** The types of store for which a property has a meaning. */
    private static final Map<String, Set<String>> USED_BY = Map.ofEntries(
            Map.entry("dbleases.schema", POSTGRES),
            Map.entry("dbleases.table-prefix", POSTGRES),
            Map.entry("dbleases.notifications.enabled", POSTGRES),
            Map.entry("dbleases.migration.mode", POSTGRES),
            Map.entry("dbleases.migration.url", POSTGRES),
            Map.entry("dbleases.migration.user", POSTGRES),
            Map.entry("dbleases.migration.password", POSTGRES),
            Map.entry("dbleases.connection.url", DATABASES),
            Map.entry("dbleases.connection.user", DATABASES),
            Map.entry("dbleases.connection.password", DATABASES),
            Map.entry("dbleases.store.file.directory", Set.of("file")),
            Map.entry("dbleases.store.gcs.bucket", Set.of("gcs")),
            Map.entry("dbleases.store.gcs.prefix", Set.of("gcs")),
            Map.entry("dbleases.store.jdbc.table", Set.of("jdbc")),
            Map.entry("dbleases.store.jdbc.create-table", Set.of("jdbc")));

    private final String type;
    private final Environment environment;

    public UnusedSettings(String type, Environment environment) {
        this.type = type;
        this.environment = environment;
    }

    /** The channels of runners, whose names are the application's. */
    private List<String> channels() {
        return Binder.get(environment)
                .bind("dbleases.runners", Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet()
                .stream()
                .filter(runner -> isEnabled("dbleases.runners." + runner))
                .map(runner -> "dbleases.runners." + runner + ".channel")
                .filter(environment::containsProperty)
                .toList();
    }

    private boolean isEnabled(String what) {
        return environment.getProperty(what + ".enabled", Boolean.class, true);
    }

    @Override
    public void afterPropertiesSet() {
        List<String> unused = new ArrayList<>();
        USED_BY.forEach((property, types) -> {
            if (!types.contains(type) && environment.containsProperty(property)) {
                unused.add(property);
            }
        });
        if (!POSTGRES.contains(type) && isEnabled("dbleases.tasks")) {
            unused.addAll(channels());
        }
        if (!unused.isEmpty()) {
            LOGGER.warn(
                    "dbleases.store.type is '{}', so these properties have no effect: {}.",
                    type,
                    String.join(", ", unused.stream().sorted().toList()));
        }
    }
}
