package io.github.dbleases.testing.postgres;

import javax.sql.DataSource;

/**
 * One database of a server.
 *
 * @param server the server
 * @param name the name of the database
 */
public record PostgresDatabase(PostgresServer server, String name) {

    /** Returns the JDBC URL without user and password, as Spring expects it. */
    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(server.host(), server.port(), name);
    }

    public String user() {
        return server.user();
    }

    public String password() {
        return server.password();
    }

    /** Returns a data source that opens a new connection for each call. */
    public DataSource dataSource() {
        return server.dataSource(name);
    }
}
