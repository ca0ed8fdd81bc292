package io.github.dbleases.spring.jdbc;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * Where to connect to.
 *
 * @param url the JDBC URL
 * @param driver the driver, or null to use the one that accepts the URL
 * @param user the user, or null if the URL names it
 * @param password the password of the user
 * @param properties further properties of the driver
 */
record ConnectionTarget(
        String url,
        @Nullable Driver driver,
        @Nullable String user,
        @Nullable String password,
        Properties properties) {

    /**
     * Reads where a data source connects to, through the wrappers around it.
     *
     * @throws UnderivableDataSourceException if it does not tell
     */
    static ConnectionTarget of(DataSource dataSource) {
        SimpleDriverDataSource derived;
        try {
            derived = DataSourceBuilder.derivedFrom(dataSource)
                    .type(SimpleDriverDataSource.class)
                    .build();
        } catch (RuntimeException unsupported) {
            throw new UnderivableDataSourceException(dataSource.getClass(), unsupported);
        }
        if (derived.getUrl() == null) {
            throw new UnderivableDataSourceException(dataSource.getClass(), null);
        }
        return new ConnectionTarget(
                derived.getUrl(),
                derived.getDriver(),
                derived.getUsername(),
                derived.getPassword(),
                HikariSettings.of(dataSource));
    }

    /** Returns this target with other parts; where this is null, nothing but the other parts. */
    static ConnectionTarget overridden(@Nullable ConnectionTarget original, ConnectionOverrides overrides) {
        String user = overrides.user();
        String password = overrides.password();
        if (original != null && user == null) {
            user = original.user();
            password = password == null ? original.password() : password;
        }
        if (overrides.url() != null) {
            return new ConnectionTarget(overrides.url(), null, user, password, new Properties());
        }
        if (original == null) {
            throw new IllegalStateException("Neither a DataSource nor a URL says where to connect to");
        }
        return new ConnectionTarget(original.url(), original.driver(), user, password, original.properties());
    }

    /** Whether the driver is that of PostgreSQL, perhaps wrapped in another one. */
    boolean isPostgres() {
        return url.contains(":" + DatabaseDriver.POSTGRESQL.getId() + ":");
    }

    Driver requiredDriver() throws SQLException {
        return driver != null ? driver : DriverManager.getDriver(url);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ConnectionTarget[url=%s, user=%s]".formatted(url, user);
    }
}
