package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.spring.properties.KnownProperties;
import io.github.dbleases.spring.properties.PropertyCheck;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * The names that the application chooses, those of its leases and of its runners, and the check of all properties.
 *
 * <p>Before any bean is made, the start fails if a property is set that does not exist. Out of the properties that are
 * bound, it takes the names that only come from the spelling of an environment variable.
 */
final class ConfiguredNames implements BeanFactoryPostProcessor, ConfigurationPropertiesBindHandlerAdvisor {

    private static final Logger log = LoggerFactory.getLogger(ConfiguredNames.class);

    private static final String PREFIX = "dbleases";

    static final KnownProperties PROPERTIES = new KnownProperties(PREFIX, DbLeasesProperties.class);

    private final Environment environment;

    ConfiguredNames(Environment environment) {
        this.environment = environment;
    }

    /**
     * Returns the names that are configured.
     *
     * @param group what they are names of: {@code leases} or {@code runners}
     * @throws io.github.dbleases.InvalidConfigurationException if a property is set that does not exist
     */
    static Set<String> below(String group, Environment environment) {
        PropertyCheck check = check(environment);
        check.requireKnown();
        Set<String> names = new LinkedHashSet<>(Binder.get(environment)
                .bind(PREFIX + "." + group, Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet());
        names.removeIf(name -> check.isPhantom(group, name));
        return names;
    }

    private static PropertyCheck check(Environment environment) {
        return PropertyCheck.of((ConfigurableEnvironment) environment, PROPERTIES);
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        PropertyCheck check = check(environment);
        check.requireKnown();
        check.warnings().forEach(log::warn);
    }

    @Override
    public BindHandler apply(BindHandler handler) {
        return new AbstractBindHandler(handler) {
            @Override
            public @Nullable Object onSuccess(
                    ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
                @Nullable Object bound = super.onSuccess(name, target, context, result);
                return isGroup(name) && bound instanceof Map<?, ?> map ? withoutPhantoms(name, map) : bound;
            }
        };
    }

    private static boolean isGroup(ConfigurationPropertyName name) {
        return name.getNumberOfElements() == 2
                && name.getElement(0, ConfigurationPropertyName.Form.UNIFORM).equals(PREFIX);
    }

    private Map<?, ?> withoutPhantoms(ConfigurationPropertyName name, Map<?, ?> bound) {
        String group = name.getElement(1, ConfigurationPropertyName.Form.UNIFORM);
        PropertyCheck check = check(environment);
        Map<Object, Object> meant = new LinkedHashMap<>(bound);
        meant.keySet().removeIf(key -> check.isPhantom(group, String.valueOf(key)));
        return meant;
    }
}
