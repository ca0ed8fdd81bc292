package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.InvalidConfigurationException;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Refuses settings that an application cannot follow because it was built ahead of time, when its beans were decided. All
 * other settings are read when it runs.
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
        String chosen = StoreType.chosen(environment).word();
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
        Set<String> added = ConfiguredNames.below(group, environment);
        known.forEach(added::remove);
        if (!added.isEmpty()) {
            String name = added.iterator().next();
            throw new InvalidConfigurationException(
                    "dbleases.%s.%s is set, but the application was built ahead of time without that %s, and has no bean for it (it has %s)."
                            .formatted(group, name, what, known.isEmpty() ? "none" : String.join(", ", known)),
                    "Build it with the property, or remove the property.");
        }
    }

    /** Keeps the settings while the application is being built. */
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
                definition
                        .getConstructorArgumentValues()
                        .addIndexedArgumentValue(
                                0, StoreType.chosen(environment).word());
                definition
                        .getConstructorArgumentValues()
                        .addIndexedArgumentValue(1, List.copyOf(ConfiguredNames.below("leases", environment)));
                definition
                        .getConstructorArgumentValues()
                        .addIndexedArgumentValue(2, List.copyOf(ConfiguredNames.below("runners", environment)));
                registry.registerBeanDefinition(BuildTimeSettings.class.getName(), definition);
            }
        }
    }
}
