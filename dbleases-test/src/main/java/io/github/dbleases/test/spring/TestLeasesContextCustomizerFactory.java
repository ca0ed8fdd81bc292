package io.github.dbleases.test.spring;

import io.github.dbleases.test.FakeLeaseClient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Registers the client of a test with {@link AutoConfigureTestLeases} before any auto-configuration is processed, so
 * that auto-configurations of a client or a store back off.
 */
final class TestLeasesContextCustomizerFactory implements ContextCustomizerFactory {

    static final String BEAN = "dbLeasesTestClient";

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
        AutoConfigureTestLeases annotation =
                TestContextAnnotationUtils.findMergedAnnotation(testClass, AutoConfigureTestLeases.class);
        return annotation == null ? null : new Customizer(annotation.ownsEverything());
    }

    private record Customizer(boolean ownsEverything) implements ContextCustomizer {

        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
            RootBeanDefinition client = new RootBeanDefinition(FakeLeaseClient.class);
            client.setFactoryMethodName(ownsEverything ? "owningEverything" : "owningNothing");
            client.setPrimary(true);
            ((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition(BEAN, client);
            context.getEnvironment()
                    .getPropertySources()
                    .addLast(new MapPropertySource("dbleases-test", Map.of("dbleases.tasks.enabled", "false")));
        }
    }
}
