package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.observation.ClientObserver;
import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.spring.TransactionFence;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * Auto-configuration for the {@link LeaseClient}, for a {@link Lease} bean for each {@code dbleases.leases.<name>}, and for
 * the {@link TransactionFence}. It also checks that all properties below {@code dbleases} exist.
 */
@AutoConfiguration(after = LeaseStoreAutoConfiguration.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
@Import({DbLeasesAutoConfiguration.Leases.class, BuildTimeSettings.Registrar.class})
public final class DbLeasesAutoConfiguration {

    /**
     * The phase in which the client starts, before the schedulers and the web server, and stops, after them. Beans that
     * use leases in their own {@link org.springframework.context.SmartLifecycle} take a later phase.
     */
    public static final int CLIENT_PHASE = Integer.MAX_VALUE / 2 - 1024;

    /** The name of the {@link ClientObserver} bean that the client is observed by, if there is one. */
    public static final String METRICS_BEAN = "dbLeasesMetrics";

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ConfiguredNames dbLeasesConfiguredNames(Environment environment) {
        return new ConfiguredNames(environment);
    }

    @Configuration(proxyBeanMethods = false)
    @Order(1)
    @ConditionalOnMissingBean(LeaseClient.class)
    static class Client {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static StoreCheck dbLeasesStoreCheck(Environment environment) {
            return new StoreCheck(environment, LeaseStore.class);
        }

        /** Whether dbleases is switched on is decided when the application runs, which may have been built ahead of time. */
        @Configuration(proxyBeanMethods = false)
        @Conditional(OnStoreOrSwitchedOff.class)
        static class Started {

            @Bean
            @Lazy(false)
            @DependsOnDatabaseInitialization
            ClientLifecycle dbLeasesClientLifecycle(
                    DbLeasesProperties properties,
                    ObjectProvider<LeaseStore> stores,
                    @Qualifier(METRICS_BEAN) ObjectProvider<ClientObserver> metrics,
                    ConfigurableApplicationContext context) {
                LeaseClientConfig config = properties.clientConfig(context.getEnvironment());
                Supplier<LeaseStore> store = store(properties.enabled(), stores);
                return new ClientLifecycle(
                        context,
                        properties.enabled(),
                        properties.keepAlive(),
                        new EventPublication(context),
                        events -> LeaseClients.create(
                                config, store, events, metrics.getIfAvailable(() -> ClientObserver.NONE)));
            }

            private static Supplier<LeaseStore> store(boolean enabled, ObjectProvider<LeaseStore> stores) {
                if (enabled) {
                    LeaseStore store = stores.getObject();
                    return () -> store;
                }
                return () -> {
                    throw new IllegalStateException("The client was not started, because dbleases.enabled is false. "
                            + "Set it to true if this instance should take part.");
                };
            }

            @Bean
            @Lazy(false)
            LeaseClient dbLeasesClient(ClientLifecycle lifecycle) {
                return lifecycle.client();
            }

            @Bean
            @Lazy(false)
            ReadyParticipation dbLeasesParticipation(
                    LeaseClient client, DbLeasesProperties properties, ConfigurableApplicationContext context) {
                return new ReadyParticipation(client, properties.participation(), context);
            }

            @Bean
            @Lazy(false)
            UnusedElections dbLeasesUnusedElections(
                    LeaseClient client, DbLeasesProperties properties, ConfigurableApplicationContext context) {
                return new UnusedElections(client, properties, context);
            }
        }

        static final class OnStoreOrSwitchedOff extends AnyNestedCondition {

            OnStoreOrSwitchedOff() {
                super(ConfigurationPhase.REGISTER_BEAN);
            }

            @ConditionalOnBean(LeaseStore.class)
            static class OnStore {}

            @ConditionalOnBooleanProperty(name = "dbleases.enabled", havingValue = false)
            static class SwitchedOff {}
        }
    }

    /** For the transactions in the database that keeps the leases. */
    @Configuration(proxyBeanMethods = false)
    @Order(2)
    @ConditionalOnClass({DataSourceUtils.class, TransactionSynchronization.class})
    @ConditionalOnBean({DataSource.class, LeaseClient.class})
    static class Fence {

        @Bean
        @ConditionalOnMissingBean
        TransactionFence dbLeasesTransactionFence(
                @DbLeasesDataSource ObjectProvider<DataSource> marked, ObjectProvider<DataSource> all) {
            return new TransactionFence(() -> DbLeasesConnections.markedOrPrimary(marked, all));
        }
    }

    static final class Leases extends NamedBeanRegistrar {

        Leases(Environment environment, BeanFactory beanFactory) {
            super(environment, beanFactory, "leases", Lease.class, "Lease", LeaseFactory.class);
        }
    }

    /** Makes the leases, with the settings of when the application runs. */
    static final class LeaseFactory {

        private final LeaseClient client;
        private final DbLeasesProperties properties;

        LeaseFactory(LeaseClient client, DbLeasesProperties properties) {
            this.client = client;
            this.properties = properties;
        }

        Lease create(String name) {
            return client.lease(name, properties.requiredLease(name).partitions());
        }
    }
}
