package io.github.dbleases.spring.jdbc;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.github.dbleases.InvalidConfigurationException;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.util.ClassUtils;

/**
 * Where to connect to.
 *
 * @param url the JDBC URL
 * @param driver the driver, or null for the one that accepts the URL
 * @param user the user, or null if the URL names it
 * @param password the password of the user
 * @param properties further properties of the driver
 * @param settings the names of the settings that have these parts, for messages
 */
record ConnectionTarget(
        String url,
        @Nullable Driver driver,
        @Nullable String user,
        @Nullable String password,
        Properties properties,
        Settings settings) {

    private static final boolean HIKARI =
            ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", ConnectionTarget.class.getClassLoader());

    /**
     * The names of settings.
     *
     * @param url the setting that has the URL
     * @param user the setting that has the user
     * @param password the setting that has the password
     */
    record Settings(String url, String user, String password) {

        private static final Settings DATA_SOURCE = new Settings(
                "the DataSource's URL (spring.datasource.url)",
                "the DataSource's user (spring.datasource.username)",
                "the DataSource's password (spring.datasource.password)");

        private static Settings of(@Nullable Settings original, ConnectionOverrides overrides) {
            Settings kept = original == null ? DATA_SOURCE : original;
            boolean ownUser = original == null || overrides.user() != null;
            return new Settings(
                    overrides.url() != null ? overrides.property("url") : kept.url(),
                    ownUser ? overrides.property("user") : kept.user(),
                    ownUser || overrides.password() != null ? overrides.property("password") : kept.password());
        }
    }

    /**
     * Reads the address and the credentials of a data source, through the wrappers around it.
     *
     * @throws InvalidConfigurationException if they cannot be read
     */
    static ConnectionTarget of(DataSource dataSource) {
        SimpleDriverDataSource derived;
        try {
            derived = DataSourceBuilder.derivedFrom(dataSource)
                    .type(SimpleDriverDataSource.class)
                    .build();
        } catch (RuntimeException unsupported) {
            // Spring Boot 4.0 does not look behind each kind of wrapper, as 4.1 does.
            DataSource wrapped = wrapped(dataSource);
            if (wrapped != null) {
                return of(wrapped);
            }
            throw unreadable(dataSource, unsupported);
        }
        if (derived.getUrl() == null) {
            throw unreadable(dataSource, null);
        }
        return new ConnectionTarget(
                derived.getUrl(),
                derived.getDriver(),
                derived.getUsername(),
                derived.getPassword(),
                HIKARI ? Hikari.settings(dataSource) : new Properties(),
                Settings.DATA_SOURCE);
    }

    private static @Nullable DataSource wrapped(DataSource dataSource) {
        if (AopProxyUtils.getSingletonTarget(dataSource) instanceof DataSource target) {
            return target;
        }
        return dataSource instanceof DelegatingDataSource delegating ? delegating.getTargetDataSource() : null;
    }

    private static InvalidConfigurationException unreadable(DataSource dataSource, @Nullable Throwable cause) {
        return new InvalidConfigurationException(
                ("dbleases opens connections of its own, but cannot read the address of the database from the DataSource "
                                + "of type %s.")
                        .formatted(dataSource.getClass().getName()),
                "Set dbleases.connection.url, dbleases.connection.user and dbleases.connection.password, "
                        + "or put @DbLeasesDataSource on another DataSource bean.",
                cause);
    }

    /**
     * What a Hikari pool knows about connections beside the URL: certificates, a prepare threshold for a pooler, the schema.
     * Connections without it would not reach the same tables. Loaded only with Hikari.
     */
    private static final class Hikari {

        static Properties settings(DataSource dataSource) {
            Properties settings = new Properties();
            HikariDataSource pool =
                    DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class, HikariDataSource.class);
            if (pool != null) {
                pool.getDataSourceProperties().forEach((name, value) -> settings.put(name, String.valueOf(value)));
                if (pool.getSchema() != null) {
                    settings.put("currentSchema", '"' + pool.getSchema().replace("\"", "\"\"") + '"');
                }
            }
            return settings;
        }
    }

    /** Returns a target with some parts replaced, or one with only these parts if the original is null. */
    static ConnectionTarget overridden(@Nullable ConnectionTarget original, ConnectionOverrides overrides) {
        String user = overrides.user();
        String password = overrides.password();
        Settings settings = Settings.of(original == null ? null : original.settings(), overrides);
        if (original != null && user == null) {
            user = original.user();
            password = password == null ? original.password() : password;
        }
        if (overrides.url() != null) {
            return new ConnectionTarget(overrides.url(), null, user, password, new Properties(), settings);
        }
        if (original == null) {
            throw new IllegalStateException("Neither a DataSource nor a URL says where to connect to");
        }
        return new ConnectionTarget(original.url(), original.driver(), user, password, original.properties(), settings);
    }

    /**
     * Refuses a URL that no driver accepts.
     *
     * @throws InvalidConfigurationException if it is such a URL
     */
    void requireValid() {
        JdbcUrl parsed = JdbcUrl.of(url);
        parsed.requireValid(settings.url());
        try {
            if (!parsed.isMeantForPostgres() || requiredDriver().acceptsURL(parsed.probe())) {
                requiredDriver();
                return;
            }
        } catch (SQLException none) {
            // No driver is registered for it.
        }
        throw JdbcUrl.unknown(url, settings.url());
    }

    private DatabaseDriver product() {
        return url.startsWith("jdbc:") ? DatabaseDriver.fromJdbcUrl(url) : DatabaseDriver.UNKNOWN;
    }

    /** Returns whether the driver is that of PostgreSQL, possibly wrapped in another one. */
    boolean isPostgres() {
        return url.contains(":" + DatabaseDriver.POSTGRESQL.getId() + ":");
    }

    /** Shows the URL only to its own driver, as far as possible, because other drivers log what they do not accept. */
    Driver requiredDriver() throws SQLException {
        if (driver != null) {
            return driver;
        }
        String type = product().getDriverClassName();
        ClassLoader loader = ConnectionTarget.class.getClassLoader();
        if (type != null && ClassUtils.isPresent(type, loader)) {
            return (Driver) BeanUtils.instantiateClass(ClassUtils.resolveClassName(type, loader));
        }
        JdbcUrl parsed = JdbcUrl.of(url);
        try {
            return DriverManager.getDriver(parsed.probe());
        } catch (SQLException none) {
            if (parsed.isMeantForPostgres()) {
                throw none;
            }
            return DriverManager.getDriver(url);
        }
    }

    /** Returns the user that the driver will use. */
    String effectiveUser() {
        String named = user != null ? user : JdbcUrl.of(url).parameters().get("user");
        String configured = named != null ? named : properties.getProperty("user");
        // As the driver of PostgreSQL does.
        return configured != null ? configured : System.getProperty("user.name", "");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ConnectionTarget[url=%s, user=%s]".formatted(JdbcUrl.shown(url), user);
    }
}
