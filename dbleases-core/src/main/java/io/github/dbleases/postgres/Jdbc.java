package io.github.dbleases.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Parameters and columns. A duration is passed as a number of microseconds (in SQL: <code>? * interval '1
 * microsecond'</code>) and read from a number of microseconds or, where every microsecond of the database counts, of
 * seconds.
 */
final class Jdbc {

    private Jdbc() {}

    static PreparedStatement prepare(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, converted(connection, parameters[i]));
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private static @Nullable Object converted(Connection connection, @Nullable Object parameter) throws SQLException {
        if (parameter instanceof Duration duration) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.EPOCH.plus(duration));
        }
        if (parameter instanceof Instant instant) {
            return instant.atOffset(ZoneOffset.UTC);
        }
        if (parameter instanceof String[] array) {
            return connection.createArrayOf("text", array);
        }
        if (parameter instanceof Long[] array) {
            return connection.createArrayOf("int8", array);
        }
        if (parameter instanceof Integer[] array) {
            return connection.createArrayOf("int4", array);
        }
        return parameter;
    }

    /** Executes a statement whose result does not matter. Returns the number of rows that it wrote. */
    static int update(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static Duration micros(ResultSet row, int column) throws SQLException {
        return Duration.of(row.getLong(column), ChronoUnit.MICROS);
    }

    static Duration seconds(double seconds) {
        return Duration.of(Math.round(seconds * 1_000_000), ChronoUnit.MICROS);
    }
}
