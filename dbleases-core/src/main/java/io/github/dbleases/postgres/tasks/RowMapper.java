package io.github.dbleases.postgres.tasks;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Maps the current row of a result, which has all columns of the table, to a task.
 *
 * @param <T> the type of a task in the application
 */
@FunctionalInterface
public interface RowMapper<T> {

    T map(ResultSet row) throws SQLException;
}
