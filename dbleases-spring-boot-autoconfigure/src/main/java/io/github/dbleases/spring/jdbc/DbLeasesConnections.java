package io.github.dbleases.spring.jdbc;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseClientConfig;
import java.util.Collection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Opens dbleases' own connections. They never come from the application's pool, because an exhausted pool must not cost a
 * lease. They are not pooled either: there are few of them, and they stay open for long.
 *
 * <p>This class is internal.
 */
public final class DbLeasesConnections {

    private final @Nullable DataSource application;
    private final ConnectionOverrides overrides;
    private final LeaseClientConfig config;

    /**
     * Prepares connections; nothing is connected yet.
     *
     * @param application the data source whose address and credentials are used, or null if the overrides have a URL
     * @param overrides the parts that replace them
     * @throws InvalidConfigurationException if address and credentials cannot be read, or if no driver accepts the URL
     */
    public DbLeasesConnections(
            @Nullable DataSource application, ConnectionOverrides overrides, LeaseClientConfig config) {
        this.application = application;
        this.overrides = overrides;
        this.config = config;
        target().requireValid();
    }

    /**
     * Returns the data source whose database keeps the leases.
     *
     * @param marked the data source that the application has marked
     * @param all all data sources, of which the only or primary one is used if none is marked
     * @throws InvalidConfigurationException if there are several and none of them is primary
     */
    public static DataSource markedOrPrimary(ObjectProvider<DataSource> marked, ObjectProvider<DataSource> all) {
        DataSource chosen = marked.getIfAvailable();
        if (chosen != null) {
            return chosen;
        }
        try {
            return all.getObject();
        } catch (NoUniqueBeanDefinitionException several) {
            Collection<String> names = several.getBeanNamesFound();
            throw new InvalidConfigurationException(
                    "There are several DataSource beans%s, and none is marked as the one whose database has the leases."
                            .formatted(names == null ? "" : " (" + String.join(", ", names) + ")"),
                    "Put @DbLeasesDataSource on the one to use, or @Primary if it is also the one that the application uses "
                            + "by default, or set dbleases.connection.url, dbleases.connection.user and "
                            + "dbleases.connection.password.");
        }
    }

    /** Returns whether the driver of PostgreSQL makes the connections. */
    public boolean arePostgres() {
        return target().isPostgres();
    }

    /** Returns connections for heartbeats and the other work of the client. */
    public DataSource forLeases() {
        return new UnpooledDataSource(this::target, DriverSettings.forLeases(config.clientId(), config.timing()));
    }

    /** Returns connections for a migration, which may take its time. */
    public DataSource forMigration(ConnectionOverrides migration) {
        target(migration).requireValid();
        return new UnpooledDataSource(() -> target(migration), DriverSettings.forMigration());
    }

    /** Returns connections for a check of the tables, which must not delay the start for long. */
    public DataSource forValidation(ConnectionOverrides migration) {
        target(migration).requireValid();
        return new UnpooledDataSource(() -> target(migration), DriverSettings.forValidation(config.timing()));
    }

    private ConnectionTarget target(ConnectionOverrides migration) {
        return ConnectionTarget.overridden(target(), migration);
    }

    private ConnectionTarget target() {
        return ConnectionTarget.overridden(original(), overrides);
    }

    private @Nullable ConnectionTarget original() {
        boolean needed = overrides.url() == null || overrides.user() == null;
        if (application == null || !needed) {
            return null;
        }
        try {
            return ConnectionTarget.of(application);
        } catch (InvalidConfigurationException unreadable) {
            // With a URL of its own only the credentials would be missing, and the URL may have them.
            if (overrides.url() != null) {
                return null;
            }
            throw unreadable;
        }
    }
}
