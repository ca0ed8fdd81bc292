package io.github.dbleases.spring.properties;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Fails the start, or warns, when properties are set that do not exist; before any bean is made. */
public final class UnknownProperties implements BeanFactoryPostProcessor {

    private static final Logger log = LoggerFactory.getLogger(UnknownProperties.class);

    private final Supplier<PropertyCheck> check;

    public UnknownProperties(Supplier<PropertyCheck> check) {
        this.check = check;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        PropertyCheck result = check.get();
        result.requireKnown();
        result.warnings().forEach(log::warn);
    }
}
