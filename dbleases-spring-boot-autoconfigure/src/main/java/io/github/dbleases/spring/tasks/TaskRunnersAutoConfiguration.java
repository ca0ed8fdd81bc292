package io.github.dbleases.spring.tasks;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.tasks.LeaseTables;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import io.github.dbleases.spring.autoconfigure.NamedBeanRegistrar;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.RowMapper;

/** Auto-configuration for a {@link TaskRunner} bean for each {@code dbleases.runners.<name>}. */
@AutoConfiguration(
        after = DbLeasesAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@EnableConfigurationProperties(DbLeasesProperties.class)
@Import(TaskRunnersAutoConfiguration.Runners.class)
public final class TaskRunnersAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(LeaseClient.class)
    static class Taskers {

        @Bean
        @Lazy(false)
        UnusedTaskers dbLeasesUnusedTaskers(ConfigurableListableBeanFactory beans, DbLeasesProperties properties) {
            return new UnusedTaskers(
                    beans, properties.enabled(), properties.runners().keySet());
        }
    }

    /** Task tables need the table of the sessions beside them, in PostgreSQL. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RowMapper.class)
    @ConditionalOnProperty(name = "dbleases.store.type", havingValue = "postgres", matchIfMissing = true)
    @ConditionalOnBean({DataSource.class, LeaseClient.class})
    @Conditional(OnSessionTable.class)
    static class Tables {

        @Bean
        @Lazy
        TaskTables dbLeasesTaskTables(
                DbLeasesProperties properties,
                ConfigurableListableBeanFactory beans,
                @DbLeasesDataSource ObjectProvider<DataSource> marked,
                ObjectProvider<DataSource> all) {
            return new TaskTables(
                    beans,
                    DbLeasesConnections.markedOrPrimary(marked, all),
                    new LeaseTables(properties.schema(), properties.tablePrefix()));
        }
    }

    /** One connection listens for all runners that have a channel. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean({DbLeasesConnections.class, PostgresLeaseStore.class})
    static class Notifications {

        @Bean
        @Lazy(false)
        ManagedWakeUps dbLeasesWakeUps(
                ObjectProvider<DbLeasesConnections> connections,
                DbLeasesProperties properties,
                ObjectProvider<ManagedTaskRunner> runners) {
            Map<String, List<ManagedTaskRunner>> byChannel = new LinkedHashMap<>();
            runners.stream()
                    .filter(runner -> properties.notifications().enabled())
                    .forEach(runner -> {
                        DbLeasesProperties.Runner configured =
                                properties.runners().get(runner.name());
                        if (configured != null && configured.channel() != null && properties.works(runner.name())) {
                            byChannel
                                    .computeIfAbsent(configured.channel(), absent -> new ArrayList<>())
                                    .add(runner);
                        }
                    });
            return new ManagedWakeUps(() -> connections.getObject().forLeases(), byChannel);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    @ConditionalOnBean(ObservationRegistry.class)
    static class Observations {

        @Bean
        ObservedTasks dbLeasesObservedTasks(ObservationRegistry registry) {
            return new ObservedTasks(registry);
        }
    }

    static final class Runners extends NamedBeanRegistrar {

        Runners(Environment environment, BeanFactory beanFactory) {
            super(environment, beanFactory, "runners", TaskRunner.class, "Runner", TaskRunnerFactory.class);
        }
    }

    /** Matches if the store keeps its sessions in a table, or if the client is the application's own, which is assumed to. */
    static final class OnSessionTable extends AnyNestedCondition {

        OnSessionTable() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(PostgresLeaseStore.class)
        static class Store {}

        @ConditionalOnMissingBean(LeaseStore.class)
        static class OwnClient {}
    }
}
