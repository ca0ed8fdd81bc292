package io.github.dbleases.spring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Opens a new connection for each call, with the target of that moment: if the application's pool gets a new password, it is
 * used from then on. A failure names the address and the user, but no password. Its cause is a
 * {@link io.github.dbleases.DbLeasesException} with the remedy.
 */
final class UnpooledDataSource extends AbstractDataSource {

    private final Supplier<ConnectionTarget> target;
    private final DriverSettings settings;

    UnpooledDataSource(Supplier<ConnectionTarget> target, DriverSettings settings) {
        this.target = target;
        this.settings = settings;
    }

    @Override
    public Connection getConnection() throws SQLException {
        ConnectionTarget now = target.get();
        return connect(now, now.user(), now.password());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return connect(target.get(), user, password);
    }

    private Connection connect(ConnectionTarget to, @Nullable String user, @Nullable String password)
            throws SQLException {
        Properties properties = new Properties();
        properties.putAll(to.properties());
        if (user != null) {
            properties.put("user", user);
        }
        if (password != null) {
            properties.put("password", password);
        }
        String url = to.url();
        if (to.isPostgres()) {
            // The driver logs URLs and prints them in exceptions, so secrets are passed as properties.
            JdbcUrl given = JdbcUrl.of(url);
            properties.putAll(given.secrets());
            // In the URL, because settings in the URL of the application take precedence over properties.
            url = settings.appendTo(given.withoutSecrets());
        }
        try {
            Connection connection = to.requiredDriver().connect(url, properties);
            if (connection == null) {
                throw JdbcUrl.unknown(to.url(), to.settings().url());
            }
            return connection;
        } catch (SQLException failed) {
            throw RefusedConnection.explained(to, new Redaction(to, url).of(failed));
        }
    }
}
