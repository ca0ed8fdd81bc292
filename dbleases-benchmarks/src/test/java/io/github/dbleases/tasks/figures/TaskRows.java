package io.github.dbleases.tasks.figures;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The task table for contenders that work on a table of the user. */
final class TaskRows {

    static final String TABLE = "task";
    static final String PENDING = "done_at IS NULL";
    static final String FINISH = "done_at = now()";

    /** Leaves enough space on each page for new versions of all its rows, both for a claim and for a finish. */
    private static final int FILLFACTOR = Integer.getInteger("fillfactor", 30);

    private TaskRows() {}

    /** Describes the table. */
    static String describe() {
        return "task (id bigint PRIMARY KEY, session_id bigint, payload text, done_at timestamptz) with fillfactor %d, an index on id WHERE %s; a finish sets %s"
                .formatted(FILLFACTOR, PENDING, FINISH);
    }

    /** Creates the index before the rows, like an application that migrates its own tables. */
    static void fill(Connection connection, String table, long tasks) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE %1$s (id bigint PRIMARY KEY, session_id bigint, payload text NOT NULL, done_at timestamptz)
                        WITH (fillfactor = %2$d);
                    CREATE INDEX %1$s_pending ON %1$s (id) WHERE done_at IS NULL;
                    INSERT INTO %1$s (id, payload) SELECT i, 'task ' || i FROM generate_series(1, %3$d) i;
                    """.formatted(table, FILLFACTOR, tasks));
        }
    }

    static long pending(Connection connection, String table) throws SQLException {
        return count(connection, "SELECT count(*) FROM " + table + " WHERE " + PENDING);
    }

    static long count(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
