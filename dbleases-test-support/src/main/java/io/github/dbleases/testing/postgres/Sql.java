package io.github.dbleases.testing.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads and changes a database in tests. Each call uses a new connection. */
public final class Sql {

    private final DataSource dataSource;

    public Sql(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Executes statements over one connection, each in a transaction of its own. */
    public void execute(String... statements) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot execute: " + String.join("; ", statements), e);
        }
    }

    /** Executes a statement, and returns how many rows it changed. */
    public int update(String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot execute: " + sql, e);
        }
    }

    /** Returns the first column of all rows as text, null where it is null. */
    public List<@Nullable String> column(String query) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<@Nullable String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot query: " + query, e);
        }
    }

    /** Returns the first column of the first row as text. */
    public String value(String query) {
        return String.valueOf(column(query).get(0));
    }

    /** Returns the first column of the first row as a number. */
    public long number(String query) {
        return Long.parseLong(value(query));
    }

    /** Returns the names of the tables in a schema, in their order. */
    public List<String> tables(String schema) {
        return column("SELECT tablename FROM pg_tables WHERE schemaname = '%s' ORDER BY tablename".formatted(schema));
    }
}
