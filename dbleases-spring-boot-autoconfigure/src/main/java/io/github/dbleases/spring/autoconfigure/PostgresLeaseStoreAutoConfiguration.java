package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Configures a {@link LeaseStore} on the application's PostgreSQL, with connections of its own. */
@AutoConfiguration(after = DataSourceAutoConfiguration.class, before = DbLeasesAutoConfiguration.class)
@ConditionalOnClass({DataSourceBuilder.class, SimpleDriverDataSource.class})
@ConditionalOnProperty(name = "dbleases.store.type", havingValue = "postgres", matchIfMissing = true)
@ConditionalOnMissingBean({LeaseClient.class, LeaseStore.class, KeyValueBackend.class})
@Conditional({OnSwitchedOn.class, OnLeaseDatabase.class})
@EnableConfigurationProperties(DbLeasesProperties.class)
@Import(DatabaseInitializationDependencyConfigurer.class)
public final class PostgresLeaseStoreAutoConfiguration {

    @Bean
    @Lazy
    DbLeasesConnections dbLeasesConnections(
            DbLeasesProperties properties,
            Environment environment,
            @DbLeasesDataSource ObjectProvider<DataSource> marked,
            ObjectProvider<DataSource> primary) {
        return LeaseConnections.of(properties, environment, marked, primary);
    }

    @Bean
    @Lazy
    PostgresLeaseStore dbLeasesStore(DbLeasesConnections connections, DbLeasesProperties properties) {
        return new PostgresLeaseStore(connections.forLeases(), storeConfig(properties));
    }

    static PostgresStoreConfig storeConfig(DbLeasesProperties properties) {
        return PostgresStoreConfig.builder()
                .schema(properties.schema())
                .tablePrefix(properties.tablePrefix())
                .notifications(properties.notifications().enabled())
                .build();
    }
}
