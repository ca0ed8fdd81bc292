package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.context.EventPublication;
import io.github.dbleases.spring.context.ManagedLeaseClient;
import io.github.dbleases.spring.context.Retirement;
import io.github.dbleases.spring.context.SwitchedOffLeaseClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Configures the {@link LeaseClient}. */
@AutoConfiguration
@ConditionalOnClass(LeaseClient.class)
@ConditionalOnMissingBean(LeaseClient.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
public final class DbLeasesAutoConfiguration {

    /** With a store; whether dbleases is switched on is looked at when the application runs. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(LeaseStore.class)
    static class WithStore {

        @Bean
        @Lazy(false)
        @DependsOnDatabaseInitialization
        LeaseClient dbLeasesClient(
                DbLeasesProperties properties,
                ObjectProvider<LeaseStore> stores,
                ConfigurableApplicationContext context) {
            LeaseClientConfig config = properties.clientConfig(context.getEnvironment());
            if (!properties.enabled()) {
                return new SwitchedOffLeaseClient(config);
            }
            LeaseStore store = stores.getObject();
            return new ManagedLeaseClient(
                    config,
                    properties.keepAlive(),
                    new EventPublication(context),
                    events -> LeaseClients.start(config, store, events));
        }

        @Bean
        @Lazy(false)
        Retirement dbLeasesClientRetirement(LeaseClient client, ApplicationContext context) {
            return new Retirement(client, context);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = "dbleases.enabled", havingValue = false)
    @ConditionalOnMissingBean(LeaseStore.class)
    static class SwitchedOff {

        @Bean
        SwitchedOffLeaseClient dbLeasesClient(DbLeasesProperties properties, Environment environment) {
            return new SwitchedOffLeaseClient(properties.clientConfig(environment));
        }
    }
}
