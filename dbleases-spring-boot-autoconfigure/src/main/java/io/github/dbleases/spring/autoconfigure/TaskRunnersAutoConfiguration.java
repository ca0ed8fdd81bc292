package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.tasks.LeaseTables;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import io.github.dbleases.spring.tasks.JdbcTaskTables;
import io.github.dbleases.spring.tasks.ManagedTaskRunner;
import io.github.dbleases.spring.tasks.ManagedWakeUps;
import io.github.dbleases.spring.tasks.UnusedTaskers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
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
import org.springframework.jdbc.core.RowMapper;

/** Configures a {@link TaskRunner} bean for each {@code dbleases.runners.<name>}. */
@AutoConfiguration(after = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(TaskRunner.class)
@EnableConfigurationProperties(DbLeasesProperties.class)
@Import(TaskRunnerBeanRegistrar.class)
public final class TaskRunnersAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @Conditional(OnSwitchedOn.class)
    @ConditionalOnBean(LeaseClient.class)
    static class Taskers {

        @Bean
        @Lazy(false)
        UnusedTaskers dbLeasesUnusedTaskers(ConfigurableListableBeanFactory beans, DbLeasesProperties properties) {
            return new UnusedTaskers(beans, properties.runners().keySet());
        }
    }

    /** Tables of tasks are there where the sessions are: in PostgreSQL. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RowMapper.class)
    @ConditionalOnProperty(name = "dbleases.store.type", havingValue = "postgres", matchIfMissing = true)
    @ConditionalOnBean({DataSource.class, LeaseClient.class})
    @Conditional({OnSwitchedOn.class, OnSessionTable.class})
    static class Tables {

        @Bean
        @Lazy
        JdbcTaskTables dbLeasesTaskTables(
                DbLeasesProperties properties,
                ConfigurableListableBeanFactory beans,
                @DbLeasesDataSource ObjectProvider<DataSource> marked,
                ObjectProvider<DataSource> primary) {
            DataSource chosen = marked.getIfAvailable(() -> LeaseConnections.primaryOf(primary));
            return new JdbcTaskTables(beans, chosen, new LeaseTables(properties.schema(), properties.tablePrefix()));
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
                        RunnerProperties configured = properties.runners().get(runner.name());
                        if (configured != null && configured.channel() != null && properties.works(runner.name())) {
                            byChannel
                                    .computeIfAbsent(configured.channel(), absent -> new ArrayList<>())
                                    .add(runner);
                        }
                    });
            return new ManagedWakeUps(() -> connections.getObject().forLeases(), byChannel);
        }
    }

    /** The store keeps its sessions in a table, or the client is the application's own, which is taken to do so. */
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
