package io.github.dbleases.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a statement with named parameters.
 *
 * <p>A {@link Duration} is passed as a number of microseconds (in SQL: <code>{?ttl} * interval '1 microsecond'</code>), an
 * {@link Instant} as a {@code timestamptz}, and an array of String, Long or Integer as an array of text, int8 or int4.
 */
public final class SqlStatement {

    private final Connection connection;
    private final Sql sql;
    private final Map<String, @Nullable Object> values;

    /**
     * Creates the execution of a statement.
     *
     * @param values parameters whose values are known already, whether the statement has them or not
     */
    public SqlStatement(Connection connection, Sql sql, Map<String, ?> values) {
        this.connection = connection;
        this.sql = sql;
        this.values = new HashMap<>(values);
    }

    /** Creates the execution of a statement in which no parts have to be inserted. */
    public static SqlStatement of(Connection connection, String sql) {
        return new SqlStatement(connection, new SqlParts().fill(sql), Map.of());
    }

    /**
     * Sets a parameter wherever the statement has it.
     *
     * @throws IllegalArgumentException if the statement does not have it
     */
    public SqlStatement set(String parameter, @Nullable Object value) {
        if (!sql.parameters().contains(parameter)) {
            throw new IllegalArgumentException("There is no parameter {?%s} in: %s".formatted(parameter, sql.text()));
        }
        values.put(parameter, value);
        return this;
    }

    /** Executes a query and reads its rows. The reader begins before the first row. */
    public <T> T query(Reader<ResultSet, T> reader) throws SQLException {
        try (PreparedStatement statement = prepare();
                ResultSet rows = statement.executeQuery()) {
            return reader.read(rows);
        }
    }

    /** Executes a statement. Returns the number of rows that it wrote. */
    public int update() throws SQLException {
        try (PreparedStatement statement = prepare()) {
            return statement.executeUpdate();
        }
    }

    /** Executes a statement and ignores its result. */
    public void execute() throws SQLException {
        try (PreparedStatement statement = prepare()) {
            statement.execute();
        }
    }

    /** Executes several statements that are separated by semicolons, and reads their results. */
    public <T> T executeAll(Reader<PreparedStatement, T> reader) throws SQLException {
        try (PreparedStatement statements = prepare()) {
            statements.execute();
            return reader.read(statements);
        }
    }

    private PreparedStatement prepare() throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.text());
        try {
            List<String> parameters = sql.parameters();
            for (int i = 0; i < parameters.size(); i++) {
                statement.setObject(i + 1, converted(value(parameters.get(i))));
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private @Nullable Object value(String parameter) {
        if (!values.containsKey(parameter)) {
            throw new IllegalStateException("Parameter {?%s} is not set in: %s".formatted(parameter, sql.text()));
        }
        return values.get(parameter);
    }

    private @Nullable Object converted(@Nullable Object value) throws SQLException {
        if (value instanceof Duration duration) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.EPOCH.plus(duration));
        }
        if (value instanceof Instant instant) {
            return instant.atOffset(ZoneOffset.UTC);
        }
        if (value instanceof String[] array) {
            return connection.createArrayOf("text", array);
        }
        if (value instanceof Long[] array) {
            return connection.createArrayOf("int8", array);
        }
        if (value instanceof Integer[] array) {
            return connection.createArrayOf("int4", array);
        }
        return value;
    }

    /** Reads a {@code timestamptz}. */
    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** Reads a number of seconds, to the microsecond. */
    public static Duration seconds(ResultSet row, String column) throws SQLException {
        return Duration.of(Math.round(row.getDouble(column) * 1_000_000), ChronoUnit.MICROS);
    }

    /**
     * Reads results.
     *
     * @param <R> what they are read from
     * @param <T> what is read
     */
    @FunctionalInterface
    public interface Reader<R, T> {

        T read(R results) throws SQLException;
    }
}
