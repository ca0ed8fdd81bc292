package io.github.dbleases.tasks.figures;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The table of tasks of those who let the user bring one. */
final class TaskRows {

    static final String TABLE = "task";
    static final String PENDING = "done_at IS NULL";
    static final String FINISH = "done_at = now()";

    /** Half of each page is left free, so that a claim finds room for the new version of a row on the same page. */
    private static final int FILLFACTOR = Integer.getInteger("fillfactor", 50);

    private TaskRows() {}

    /** Says what the table is like. */
    static String describe() {
        return "task (id bigint PRIMARY KEY, session_id bigint, payload text, done_at timestamptz) with fillfactor %d, an index on id WHERE %s; a finish sets %s"
                .formatted(FILLFACTOR, PENDING, FINISH);
    }

    static void fill(Connection connection, long tasks) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE task (id bigint PRIMARY KEY, session_id bigint, payload text NOT NULL, done_at timestamptz)
                        WITH (fillfactor = %d);
                    INSERT INTO task (id, payload) SELECT i, 'task ' || i FROM generate_series(1, %d) i;
                    CREATE INDEX task_pending ON task (id) WHERE done_at IS NULL;
                    """.formatted(FILLFACTOR, tasks));
        }
    }

    static long pending(Connection connection) throws SQLException {
        return count(connection, "SELECT count(*) FROM task WHERE done_at IS NULL");
    }

    static long count(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
