package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Lease;
import io.github.dbleases.spring.properties.UnknownProperties;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/** Configures a {@link Lease} bean for each {@code dbleases.leases.<name>}, and the check of all properties. */
@AutoConfiguration(after = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(Lease.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
@Import({LeaseBeanRegistrar.class, BuildTimeSettings.Registrar.class})
public final class LeaseBeansAutoConfiguration {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static UnknownProperties dbLeasesUnknownProperties(Environment environment) {
        return new UnknownProperties(() -> ConfiguredNames.check(environment));
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ConfigurationPropertiesBindHandlerAdvisor dbLeasesConfiguredNames(Environment environment) {
        return ConfiguredNames.withoutPhantoms(environment);
    }
}
