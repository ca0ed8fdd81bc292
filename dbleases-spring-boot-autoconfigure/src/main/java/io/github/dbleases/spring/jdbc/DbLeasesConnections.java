package io.github.dbleases.spring.jdbc;

import io.github.dbleases.LeaseClientConfig;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Gives out connections of dbleases' own. They are never taken from the application's pool, as an exhausted pool must
 * not cost a lease, and not pooled: few are opened, and they stand for long.
 */
public final class DbLeasesConnections {

    private final @Nullable DataSource application;
    private final ConnectionOverrides overrides;
    private final LeaseClientConfig config;

    /**
     * Prepares connections; nothing is connected yet.
     *
     * @param application the data source of which address and credentials are used, or null if the overrides have a URL
     * @param overrides what replaces them
     * @throws UnderivableDataSourceException if address and credentials cannot be read
     * @throws io.github.dbleases.InvalidConfigurationException if no driver takes the URL
     */
    public DbLeasesConnections(
            @Nullable DataSource application, ConnectionOverrides overrides, LeaseClientConfig config) {
        this.application = application;
        this.overrides = overrides;
        this.config = config;
        target().requireValid();
    }

    /** Whether they lead to what the driver of PostgreSQL talks to. */
    public boolean arePostgres() {
        return target().isPostgres();
    }

    /** For heartbeats and the other work of the client. */
    public DataSource forLeases() {
        return new UnpooledDataSource(this::target, DriverSettings.forLeases(config.clientId(), config.timing()));
    }

    /** For a migration, which has time. */
    public DataSource forMigration(ConnectionOverrides migration) {
        target(migration).requireValid();
        return new UnpooledDataSource(() -> target(migration), DriverSettings.forMigration());
    }

    /** For a check of the tables that does not hold up the start for long. */
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
        } catch (UnderivableDataSourceException unreadable) {
            // With a URL of its own only the credentials would be missing, and the URL may have them.
            if (overrides.url() != null) {
                return null;
            }
            throw unreadable;
        }
    }
}
