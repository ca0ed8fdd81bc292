package io.github.dbleases.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * A type of store. Each declares what it needs on the class path, and which settings have a meaning for it beside
 * those below {@code dbleases.store.<type>}. {@link LeaseStoreAutoConfiguration} makes its beans.
 *
 * <p>Every start evaluates the conditions of all types, so the methods use loops: a lambda expression costs more at its first
 * use than they do.
 */
// All lists are unmodifiable.
@SuppressWarnings("ImmutableEnumChecker")
public enum StoreType {

    /** Tables of a PostgreSQL database. */
    POSTGRES(
            List.of(new Dependency(
                    "org.springframework.boot:spring-boot-starter-jdbc and org.postgresql:postgresql",
                    Dependency.JDBC)),
            List.of("connection", "schema", "table-prefix", "notifications", "migration")),

    /** Files in a directory that all instances share. */
    FILE(
            List.of(new Dependency(
                    Dependency.KEY_VALUE_STORE, List.of("io.github.dbleases.keyvalue.file.FileBackend"))),
            List.of()),

    /** Objects in a bucket of Google Cloud Storage. */
    GCS(
            List.of(
                    new Dependency(
                            "io.github.dbleases:dbleases-store-gcs",
                            List.of("io.github.dbleases.keyvalue.gcs.GcsBackend")),
                    new Dependency(
                            "com.google.cloud:google-cloud-storage", List.of("com.google.cloud.storage.Storage"))),
            List.of()),

    /** One table of any database. */
    JDBC(
            List.of(
                    new Dependency(Dependency.KEY_VALUE_STORE, List.of("io.github.dbleases.keyvalue.jdbc.JdbcBackend")),
                    new Dependency(
                            "org.springframework.boot:spring-boot-starter-jdbc and the driver of the database",
                            Dependency.JDBC)),
            List.of("connection")),

    /** The memory of this instance, which shares with no other. */
    MEMORY(List.of(), List.of());

    private final List<Dependency> dependencies;
    private final List<String> settings;

    StoreType(List<Dependency> dependencies, List<String> settings) {
        this.dependencies = dependencies;
        List<String> all = new ArrayList<>();
        all.add("dbleases.store." + word());
        for (String setting : settings) {
            all.add("dbleases." + setting);
        }
        this.settings = List.copyOf(all);
    }

    /** Returns the type that is configured. */
    static StoreType chosen(Environment environment) {
        return Binder.get(environment)
                .bind("dbleases.store.type", StoreType.class)
                .orElse(POSTGRES);
    }

    /** Returns the type as it is written in properties. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the dependency that has to be added, empty if everything is on the class path. */
    Optional<String> missingDependency(@Nullable ClassLoader classLoader) {
        for (Dependency dependency : dependencies) {
            if (!dependency.isPresent(classLoader)) {
                return Optional.of(dependency.artifacts());
            }
        }
        return Optional.empty();
    }

    boolean usesDatabase() {
        return settings.contains("dbleases.connection");
    }

    /** Returns whether a property has a meaning for this type: it belongs to this type, or to none. */
    boolean uses(String property) {
        if (owns(property)) {
            return true;
        }
        for (StoreType type : values()) {
            if (type.owns(property)) {
                return false;
            }
        }
        return true;
    }

    private boolean owns(String property) {
        for (String setting : settings) {
            if (property.startsWith(setting)
                    && (property.length() == setting.length() || property.charAt(setting.length()) == '.')) {
                return true;
            }
        }
        return false;
    }

    /**
     * What a type needs.
     *
     * @param artifacts what to add to the application if a class is missing
     * @param classes classes by which its presence is known
     */
    private record Dependency(String artifacts, List<String> classes) {

        private static final String KEY_VALUE_STORE = "io.github.dbleases:dbleases-store-keyvalue";
        private static final List<String> JDBC = List.of(
                "org.springframework.boot.jdbc.DataSourceBuilder",
                "org.springframework.jdbc.datasource.SimpleDriverDataSource");

        private boolean isPresent(@Nullable ClassLoader classLoader) {
            for (String required : classes) {
                if (!ClassUtils.isPresent(required, classLoader)) {
                    return false;
                }
            }
            return true;
        }
    }
}
