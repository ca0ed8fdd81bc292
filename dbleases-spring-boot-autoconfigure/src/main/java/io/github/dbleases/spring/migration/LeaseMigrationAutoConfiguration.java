package io.github.dbleases.spring.migration;

import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties.Migration.Mode;
import io.github.dbleases.spring.autoconfigure.LeaseStoreAutoConfiguration;
import io.github.dbleases.spring.jdbc.ConnectionOverrides;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configuration for the migration or validation of the tables, if Flyway is on the class path. */
@AutoConfiguration(after = LeaseStoreAutoConfiguration.class, before = DbLeasesAutoConfiguration.class)
@ConditionalOnClass(value = Flyway.class, name = "org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension")
@ConditionalOnBean({DbLeasesConnections.class, PostgresLeaseStore.class})
@Import(DatabaseInitializationDependencyConfigurer.class)
@ImportRuntimeHints(LeaseMigrationAutoConfiguration.Scripts.class)
public final class LeaseMigrationAutoConfiguration {

    /** The mode is read when the application runs, not when it is built ahead of time. */
    @Bean
    SchemaInitializer dbLeasesSchemaInitializer(
            ObjectProvider<DbLeasesConnections> connections, DbLeasesProperties properties) {
        Mode mode = properties.enabled() ? properties.migration().mode() : Mode.NONE;
        SingletonSupplier<LeaseMigrations> migrations =
                SingletonSupplier.of(() -> migrations(mode, connections.getObject(), properties));
        return new SchemaInitializer(mode, migrations::obtain, properties.ttl());
    }

    private static LeaseMigrations migrations(
            Mode mode, DbLeasesConnections connections, DbLeasesProperties properties) {
        DbLeasesProperties.Migration migration = properties.migration();
        ConnectionOverrides overrides =
                new ConnectionOverrides("dbleases.migration", migration.url(), migration.user(), migration.password());
        DataSource own =
                mode == Mode.MIGRATE ? connections.forMigration(overrides) : connections.forValidation(overrides);
        DataSource application = overrides.isEmpty() ? own : connections.forLeases();
        // Checks the names as well.
        PostgresStoreConfig tables = PostgresStoreConfig.builder()
                .schema(properties.schema())
                .tablePrefix(properties.tablePrefix())
                .build();
        return new LeaseMigrations(own, application, tables.schema(), tables.tablePrefix());
    }

    static final class Scripts implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            hints.resources().registerPattern(MigrationScripts.FOLDER + "*.sql");
        }
    }
}
