package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.StoreUnusableException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Compares the settings with the store.
 *
 * <p>If {@code dbleases.store.type} is set and there is no store, the start fails and says what the store lacks. That
 * happens before any bean is made: a bean that asks for a lease would fail with less to say.
 *
 * <p>Settings of another type of store are no error, only worth a warning, because settings are shared: a test that
 * chooses the store in memory can have the schema of production.
 */
final class StoreCheck implements BeanFactoryPostProcessor {

    private static final Logger log = LoggerFactory.getLogger(StoreCheck.class);

    private final Environment environment;
    private final Class<?> storeType;

    /**
     * Prepares the comparison.
     *
     * @param storeType the type of the bean that an application with a store has
     */
    StoreCheck(Environment environment, Class<?> storeType) {
        this.environment = environment;
        this.storeType = storeType;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        if (!isEnabled("dbleases")) {
            return;
        }
        StoreType type = StoreType.chosen(environment);
        if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, storeType, true, false).length > 0) {
            warnOfUnused(type);
        } else if (environment.containsProperty("dbleases.store.type")) {
            throw missing(type, beans.getBeanClassLoader());
        }
    }

    private static StoreUnusableException missing(StoreType type, @Nullable ClassLoader classLoader) {
        Optional<String> dependency = type.missingDependency(classLoader);
        if (dependency.isPresent()) {
            return new StoreUnusableException(
                    "dbleases.store.type is '%s', but what that store needs is not on the class path."
                            .formatted(type.word()),
                    "Add the dependency %s, or choose another dbleases.store.type.".formatted(dependency.get()));
        }
        if (type.usesDatabase()) {
            return new StoreUnusableException(
                    "dbleases.store.type is '%s', but there is no DataSource and no dbleases.connection.url."
                            .formatted(type.word()),
                    "Set spring.datasource.url or dbleases.connection.url to the URL%s, or choose another dbleases.store.type."
                            .formatted(type == StoreType.POSTGRES ? " of a PostgreSQL database" : ""));
        }
        return new StoreUnusableException(
                "dbleases.store.type is '%s', but there is no such store in this application.".formatted(type.word()),
                "Do not exclude the auto-configurations of dbleases, and mark one of several beans of type KeyValueBackend as "
                        + "the primary one.");
    }

    private void warnOfUnused(StoreType type) {
        TreeSet<String> unused = new TreeSet<>();
        for (String property : ConfiguredNames.PROPERTIES.unnamed()) {
            if (!type.uses(property) && environment.containsProperty(property)) {
                unused.add(property);
            }
        }
        if (type != StoreType.POSTGRES && isEnabled("dbleases.tasks")) {
            unused.addAll(channels());
        }
        if (!unused.isEmpty()) {
            log.warn(
                    "dbleases.store.type is '{}', so these properties have no effect: {}.",
                    type.word(),
                    String.join(", ", unused));
        }
    }

    /** The channels of runners. */
    private List<String> channels() {
        return ConfiguredNames.below("runners", environment).stream()
                .map(runner -> "dbleases.runners." + runner)
                .filter(this::isEnabled)
                .map(runner -> runner + ".channel")
                .filter(environment::containsProperty)
                .toList();
    }

    private boolean isEnabled(String what) {
        return environment.getProperty(what + ".enabled", Boolean.class, true);
    }
}
