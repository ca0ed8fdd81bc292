package io.github.dbleases.postgres.tasks;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Makes a task of the current row of a result, which has all columns of the table.
 *
 * @param <T> what a task is for the application
 */
@FunctionalInterface
public interface RowMapper<T> {

    T map(ResultSet row) throws SQLException;
}
