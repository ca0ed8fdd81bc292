package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spring.jdbc.ConnectionOverrides;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import io.github.dbleases.spring.migration.LeaseMigrations;
import io.github.dbleases.spring.migration.MigratingSchemaInitializer;
import io.github.dbleases.spring.migration.SchemaInitializer;
import io.github.dbleases.spring.migration.SchemaLocation;
import io.github.dbleases.spring.migration.ValidatingSchemaInitializer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Configures how the tables come to be, where Flyway is there. */
@AutoConfiguration(after = PostgresLeaseStoreAutoConfiguration.class, before = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(value = Flyway.class, name = "org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension")
@ConditionalOnBean({DbLeasesConnections.class, PostgresLeaseStore.class})
@Import(DatabaseInitializationDependencyConfigurer.class)
public final class LeaseMigrationAutoConfiguration {

    /** By the mode of when the application runs, not of when it was built ahead of time. */
    @Bean
    SchemaInitializer dbLeasesSchemaInitializer(
            ObjectProvider<DbLeasesConnections> connections, DbLeasesProperties properties) {
        DbLeasesProperties.Migration.Mode mode =
                properties.enabled() ? properties.migration().mode() : DbLeasesProperties.Migration.Mode.NONE;
        return switch (mode) {
            case MIGRATE -> migrating(connections.getObject(), properties);
            case VALIDATE -> validating(connections.getObject(), properties);
            case NONE -> () -> {};
        };
    }

    private static SchemaInitializer migrating(DbLeasesConnections connections, DbLeasesProperties properties) {
        DataSource migrating = connections.forMigration(overrides(properties));
        return new MigratingSchemaInitializer(migrations(migrating, connections, properties));
    }

    private static SchemaInitializer validating(DbLeasesConnections connections, DbLeasesProperties properties) {
        DataSource validating = connections.forValidation(overrides(properties));
        return new ValidatingSchemaInitializer(migrations(validating, connections, properties), properties.ttl());
    }

    private static ConnectionOverrides overrides(DbLeasesProperties properties) {
        DbLeasesProperties.Migration migration = properties.migration();
        return new ConnectionOverrides("dbleases.migration", migration.url(), migration.user(), migration.password());
    }

    private static LeaseMigrations migrations(
            DataSource own, DbLeasesConnections connections, DbLeasesProperties properties) {
        PostgresStoreConfig store = PostgresLeaseStoreAutoConfiguration.storeConfig(properties);
        DataSource application = overrides(properties).isEmpty() ? own : connections.forLeases();
        return new LeaseMigrations(own, application, new SchemaLocation(store.schema(), store.tablePrefix()));
    }
}
