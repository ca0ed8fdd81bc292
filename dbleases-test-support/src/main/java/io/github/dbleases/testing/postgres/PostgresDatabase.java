package io.github.dbleases.testing.postgres;

import javax.sql.DataSource;

/**
 * One database of a server.
 *
 * @param server where it is
 * @param name of the database
 */
public record PostgresDatabase(PostgresServer server, String name) {

    /** Without user and password, as Spring wants it. */
    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(server.host(), server.port(), name);
    }

    public String user() {
        return server.user();
    }

    public String password() {
        return server.password();
    }

    /** Opens a new connection for each call. */
    public DataSource dataSource() {
        return server.dataSource(name);
    }
}
