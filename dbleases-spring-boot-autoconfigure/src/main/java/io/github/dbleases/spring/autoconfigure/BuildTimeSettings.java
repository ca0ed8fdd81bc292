package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.InvalidConfigurationException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Refuses settings that an application which was built ahead of time cannot follow: which beans there are was decided when
 * it was built. All other settings are those of when it runs.
 */
final class BuildTimeSettings implements InitializingBean {

    private static final String STORE = "dbleases.store.type";

    private final String store;
    private final List<String> leases;
    private final List<String> runners;
    private final Environment environment;

    BuildTimeSettings(String store, List<String> leases, List<String> runners, Environment environment) {
        this.store = store;
        this.leases = leases;
        this.runners = runners;
        this.environment = environment;
    }

    @Override
    public void afterPropertiesSet() {
        String chosen = store(environment);
        if (!chosen.equals(store)) {
            throw new InvalidConfigurationException(
                    "%s is '%s', but the application was built ahead of time with '%s', and has only the beans for that."
                            .formatted(STORE, chosen, store),
                    "Build it with %s=%s.".formatted(STORE, chosen));
        }
        requireKnown("leases", leases, "lease");
        requireKnown("runners", runners, "task runner");
    }

    private void requireKnown(String group, List<String> known, String what) {
        Set<String> added = new LinkedHashSet<>(names(environment, group));
        known.forEach(added::remove);
        if (!added.isEmpty()) {
            String name = added.iterator().next();
            throw new InvalidConfigurationException(
                    "dbleases.%s.%s is set, but the application was built ahead of time without that %s, and has no bean for it (it has %s)."
                            .formatted(group, name, what, known.isEmpty() ? "none" : String.join(", ", known)),
                    "Build it with the property, or remove the property.");
        }
    }

    /** A bean of the application was made when it was built, and is not configured now. */
    static InvalidConfigurationException missing(String property) {
        return new InvalidConfigurationException(
                "%s is not set, but the application was built ahead of time with it.".formatted(property),
                "Set it, or build the application without it.");
    }

    private static String store(Environment environment) {
        return Binder.get(environment)
                .bind(STORE, DbLeasesProperties.Store.Type.class)
                .orElse(DbLeasesProperties.Store.Type.POSTGRES)
                .name()
                .toLowerCase(Locale.ROOT);
    }

    private static List<String> names(Environment environment, String group) {
        return List.copyOf(
                ConfiguredNames.bind(environment, group, Object.class).keySet());
    }

    /** Notes the settings while the application is built. */
    static final class Registrar implements ImportBeanDefinitionRegistrar {

        private final Environment environment;

        Registrar(Environment environment) {
            this.environment = environment;
        }

        @Override
        public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
            if (OnSwitchedOn.isAheadOfTime()) {
                RootBeanDefinition definition = new RootBeanDefinition(BuildTimeSettings.class);
                definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
                definition.setLazyInit(false);
                definition.getConstructorArgumentValues().addIndexedArgumentValue(0, store(environment));
                definition.getConstructorArgumentValues().addIndexedArgumentValue(1, names(environment, "leases"));
                definition.getConstructorArgumentValues().addIndexedArgumentValue(2, names(environment, "runners"));
                registry.registerBeanDefinition(BuildTimeSettings.class.getName(), definition);
            }
        }
    }
}
