package io.github.dbleases.spring.migration;

import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.spring.migration.MigrationScripts.Script;
import java.io.Reader;
import java.io.StringReader;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogFactory;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.core.api.output.ValidateOutput;
import org.flywaydb.core.api.output.ValidateResult;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flyway that only knows the scripts of dbleases. All types of Flyway are used in this class, so that none is loaded if
 * there is nothing to migrate.
 */
final class PrivateFlyway {

    private static final Logger log = LoggerFactory.getLogger(LeaseMigrations.class);

    private final DataSource dataSource;
    private final String tablePrefix;
    private final String historyTable;

    PrivateFlyway(DataSource dataSource, String tablePrefix, String historyTable) {
        this.dataSource = dataSource;
        this.tablePrefix = tablePrefix;
        this.historyTable = historyTable;
    }

    /**
     * Creates or upgrades the tables.
     *
     * @param baseline the version of tables that were made by other means, "0" if there are no tables
     * @throws StoreUnusableException if the tables are those of other scripts
     */
    void migrate(String schema, String baseline) {
        MigrateResult result;
        try {
            result = quietly(schema, baseline, Flyway::migrate);
        } catch (FlywayValidateException invalid) {
            throw differ(schema, quietly(schema, baseline, Flyway::validateWithResult), invalid);
        }
        if (result.migrationsExecuted > 0) {
            log.info(
                    "The tables of dbleases in schema {} were migrated to version {}",
                    schema,
                    result.targetSchemaVersion);
        }
    }

    /**
     * Checks that the scripts of this version were applied to the tables; later ones are accepted.
     *
     * @throws StoreUnusableException if scripts are missing, or if the tables are those of other scripts
     */
    void validate(String schema) {
        ValidateResult result = quietly(schema, "0", Flyway::validateWithResult);
        if (result.validationSuccessful) {
            return;
        }
        if (!result.invalidMigrations.stream().allMatch(PrivateFlyway::isPending)) {
            throw differ(schema, result, null);
        }
        throw new StoreUnusableException(
                "The tables of dbleases in schema '%s' are not those of this version: %s"
                        .formatted(schema, result.getAllErrorMessages()),
                "Set dbleases.migration.mode=migrate to upgrade them, or let whoever migrates this database upgrade them.");
    }

    private static boolean isPending(ValidateOutput migration) {
        return migration.errorDetails.errorCode == CoreErrorCode.RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED;
    }

    /** Flyway's own remedy, to repair the history, would leave the tables as they are. */
    private StoreUnusableException differ(
            String schema, ValidateResult result, @Nullable FlywayValidateException invalid) {
        String differences = result.invalidMigrations.stream()
                .filter(migration -> !isPending(migration))
                .map(migration ->
                        migration.errorDetails.errorMessage.lines().findFirst().orElse("") + ".")
                .collect(Collectors.joining(" "));
        return new StoreUnusableException(
                ("The tables of dbleases in schema '%s' were created by other migrations than those of this version, which "
                                + "cannot upgrade them. %s")
                        .formatted(schema, differences),
                ("Use the version of dbleases that created the tables. Or, while no instance runs, drop the tables '%s...' in "
                                + "schema '%s', including %s: the next instance that starts with "
                                + "dbleases.migration.mode=migrate creates them. They hold no data of the application. Don't "
                                + "repair the history with Flyway, because that leaves the tables as they are.")
                        .formatted(tablePrefix, schema, historyTable),
                invalid);
    }

    /**
     * Uses Flyway, whose messages are logged at level DEBUG. Its log belongs to the whole JVM, so the messages of other
     * threads that use Flyway meanwhile are logged as always, and the log is restored afterwards.
     */
    private <T> T quietly(String schema, String baseline, Function<Flyway, T> use) {
        Flyway flyway = flyway(schema, baseline);
        Thread user = Thread.currentThread();
        LogFactory.setLogCreator(type -> new QuietLog(LoggerFactory.getLogger(type), user));
        try {
            return use.apply(flyway);
        } finally {
            LogFactory.setConfiguration(new FluentConfiguration(getClass().getClassLoader()));
        }
    }

    private Flyway flyway(String schema, String baseline) {
        return Flyway.configure(getClass().getClassLoader())
                .dataSource(dataSource)
                .resourceProvider(new Scripts())
                .javaMigrationClassProvider(List::of)
                .validateMigrationNaming(true)
                .defaultSchema(schema)
                .table(historyTable)
                .baselineOnMigrate(true)
                .baselineVersion(baseline)
                .placeholders(Map.of("prefix", tablePrefix))
                .cleanDisabled(true)
                .load();
    }

    private static final class Scripts implements ResourceProvider {

        @Override
        public @Nullable LoadableResource getResource(String name) {
            return null;
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return MigrationScripts.ALL.stream()
                    .filter(script -> script.fileName().startsWith(prefix)
                            && Arrays.stream(suffixes).anyMatch(script.fileName()::endsWith))
                    .<LoadableResource>map(Resource::new)
                    .toList();
        }
    }

    private static final class Resource extends LoadableResource {

        private final Script script;

        private Resource(Script script) {
            this.script = script;
        }

        @Override
        public Reader read() {
            return new StringReader(script.sql());
        }

        @Override
        public String getAbsolutePath() {
            return script.path();
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return script.path();
        }

        @Override
        public String getFilename() {
            return script.fileName();
        }

        @Override
        public String getRelativePath() {
            return script.fileName();
        }
    }

    private record QuietLog(Logger logger, Thread user) implements Log {

        /** Flyway 11, which comes with Spring Boot 4.0, requires this method. In Flyway 12 it is deprecated. */
        @Override
        @SuppressWarnings("deprecation")
        public boolean isDebugEnabled() {
            return logger.isDebugEnabled();
        }

        @Override
        public void debug(String message) {
            logger.debug(message);
        }

        @Override
        public void info(String message) {
            if (Thread.currentThread() == user) {
                logger.debug(message);
            } else {
                logger.info(message);
            }
        }

        @Override
        public void notice(String message) {
            info(message);
        }

        @Override
        public void warn(String message) {
            logger.warn(message);
        }

        @Override
        public void error(String message) {
            logger.error(message);
        }

        @Override
        public void error(String message, Exception failure) {
            logger.error(message, failure);
        }
    }
}
