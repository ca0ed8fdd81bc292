package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.store.MissingStore;
import io.github.dbleases.spring.store.UnusedSettings;
import java.util.Locale;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Looks whether the settings go with the store that they choose. */
@AutoConfiguration(
        after = {
            KeyValueLeaseStoreAutoConfiguration.class,
            MemoryLeaseStoreAutoConfiguration.class,
            PostgresLeaseStoreAutoConfiguration.class
        },
        before = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(LeaseStore.class)
@ConditionalOnBooleanProperty(name = "dbleases.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(LeaseClient.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
public final class LeaseStoreCheckAutoConfiguration {

    private static String name(DbLeasesProperties.Store.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("dbleases.store.type")
    @ConditionalOnMissingBean(LeaseStore.class)
    static class Missing {

        @Bean
        static MissingStore dbLeasesMissingStore(Environment environment) {
            return new MissingStore(name(Binder.get(environment)
                    .bind("dbleases.store.type", DbLeasesProperties.Store.Type.class)
                    .get()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(LeaseStore.class)
    static class Chosen {

        @Bean
        @Lazy(false)
        UnusedSettings dbLeasesUnusedSettings(DbLeasesProperties properties, Environment environment) {
            return new UnusedSettings(name(properties.store().type()), environment);
        }
    }
}
