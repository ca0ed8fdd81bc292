package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.spring.properties.PropertyCheck;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/** What is configured under names that the application chooses: its leases and its runners. */
final class ConfiguredNames {

    private static final String PREFIX = "dbleases";

    private ConfiguredNames() {}

    static PropertyCheck check(Environment environment) {
        return PropertyCheck.of((ConfigurableEnvironment) environment, PREFIX, DbLeasesProperties.class);
    }

    /**
     * Returns what is configured by name.
     *
     * @param group what they are: {@code leases} or {@code runners}
     * @throws io.github.dbleases.InvalidConfigurationException if a property is set that does not exist
     */
    static <V> Map<String, V> bind(Environment environment, String group, Class<V> type) {
        PropertyCheck check = check(environment);
        check.requireKnown();
        Map<String, V> bound = new LinkedHashMap<>(Binder.get(environment)
                .bind(PREFIX + "." + group, Bindable.mapOf(String.class, type))
                .orElse(Map.of()));
        bound.keySet().removeIf(name -> check.isPhantom(group, name));
        return bound;
    }

    /** Takes out of the bound properties what {@link #bind} does not return. */
    static ConfigurationPropertiesBindHandlerAdvisor withoutPhantoms(Environment environment) {
        return handler -> new WithoutPhantoms(handler, environment);
    }

    private static final class WithoutPhantoms extends AbstractBindHandler {

        private final Environment environment;

        private WithoutPhantoms(BindHandler parent, Environment environment) {
            super(parent);
            this.environment = environment;
        }

        @Override
        public @Nullable Object onSuccess(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
            @Nullable Object bound = super.onSuccess(name, target, context, result);
            if (name.getNumberOfElements() == 2
                    && name.getElement(0, ConfigurationPropertyName.Form.UNIFORM)
                            .equals(PREFIX)
                    && bound instanceof Map<?, ?> map) {
                String group = name.getElement(1, ConfigurationPropertyName.Form.UNIFORM);
                PropertyCheck check = check(environment);
                Map<Object, Object> meant = new LinkedHashMap<>(map);
                meant.keySet().removeIf(key -> check.isPhantom(group, String.valueOf(key)));
                return meant;
            }
            return bound;
        }
    }
}
