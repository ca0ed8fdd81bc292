package io.github.dbleases.tasks.figures;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * The algorithm of go-session-lock. A database function locks the only row of a table, extends the session, counts the
 * sessions and all tasks, claims what the session lacks of its share and returns the tasks that the session holds. A
 * second call finishes the tasks. Each session has one thread that alternates between the two.
 *
 * <p>Where the algorithm leaves a choice to its user, the faster one is used: only pending tasks are counted. The
 * second variant has an index on the session. Without it, the rows of a session can only be found by reading all
 * pending rows.
 */
record SessionLock(int tasksPerSession, boolean sessionIndex) implements Contender {

    private static final String SCHEMA = """
            CREATE TABLE session (
                id bigserial PRIMARY KEY, created timestamp NOT NULL, expires timestamp NOT NULL);
            CREATE TABLE work_lock (id bigint PRIMARY KEY);
            INSERT INTO work_lock VALUES (1);

            CREATE FUNCTION claim_work(me bigint, most integer) RETURNS TABLE (task_id bigint, task_payload text) AS $$
            DECLARE
                today timestamp := now() AT TIME ZONE 'utc';
                sessions integer;
                tasks integer;
                mine integer;
                share integer;
            BEGIN
                PERFORM 1 FROM work_lock WHERE id = 1 FOR UPDATE;
                UPDATE session SET expires = today + interval '2 minutes' WHERE id = me AND expires >= today;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'The session % is over', me;
                END IF;
                SELECT count(*) INTO sessions FROM session WHERE expires >= today;
                SELECT count(*) INTO tasks FROM task WHERE done_at IS NULL;
                share := least(ceil(tasks::numeric / sessions)::integer, most);
                SELECT count(*) INTO mine FROM task WHERE session_id = me AND done_at IS NULL;
                IF mine < share THEN
                    UPDATE task SET session_id = me WHERE id = ANY (ARRAY (
                        SELECT t.id FROM task t LEFT JOIN session s ON s.id = t.session_id
                        WHERE t.done_at IS NULL AND (t.session_id IS NULL OR s.expires < today)
                        LIMIT share - mine));
                END IF;
                RETURN QUERY SELECT id, payload FROM task WHERE session_id = me AND done_at IS NULL;
            END;
            $$ LANGUAGE plpgsql;

            CREATE FUNCTION finish_work(ids bigint[]) RETURNS void AS $$
            BEGIN
                UPDATE task SET done_at = now() WHERE id = ANY (ids);
            END;
            $$ LANGUAGE plpgsql;
            """;

    @Override
    public String name() {
        return "go-session-lock's algorithm" + (sessionIndex ? ", index on session_id" : ", no index on session_id");
    }

    @Override
    public String batch() {
        return Integer.toString(tasksPerSession);
    }

    @Override
    public void fill(Connection connection, long tasks, int sessions) throws SQLException {
        TaskRows.fill(connection, TaskRows.TABLE, tasks);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
            if (sessionIndex) {
                statement.execute("CREATE INDEX ON task (session_id) WHERE done_at IS NULL");
            }
        }
    }

    @Override
    public long pending(Connection connection, int sessions) throws SQLException {
        return TaskRows.pending(connection, TaskRows.TABLE);
    }

    @Override
    public Crew assemble(DataSource database, int sessions) throws SQLException {
        ThreadCrew crew = new ThreadCrew();
        for (int i = 0; i < sessions; i++) {
            Connection connection = database.getConnection();
            crew.add(connection, new Session(connection, tasksPerSession, crew)::run);
        }
        return crew;
    }

    /**
     * The loop of one runner. It omits the ticks of 30 s that extend the session, because every claim extends it too.
     */
    private static final class Session {

        private final Connection connection;
        private final int limit;
        private final ThreadCrew crew;
        private final long id;

        Session(Connection connection, int limit, ThreadCrew crew) throws SQLException {
            this.connection = connection;
            this.limit = limit;
            this.crew = crew;
            id = TaskRows.count(connection, """
                    INSERT INTO session (created, expires)
                    VALUES (now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc' + interval '2 minutes') RETURNING id
                    """);
        }

        void run() throws SQLException {
            try (PreparedStatement claim = connection.prepareStatement("SELECT * FROM claim_work(?, ?)");
                    PreparedStatement finish = connection.prepareStatement("SELECT finish_work(?)")) {
                List<Long> tasks = claim(claim);
                while (!tasks.isEmpty() && !crew.isClosed()) {
                    crew.performed(tasks.size());
                    Array ids = connection.createArrayOf("bigint", tasks.toArray());
                    finish.setArray(1, ids);
                    finish.execute();
                    crew.finished(tasks.size());
                    tasks = claim(claim);
                }
            }
        }

        private List<Long> claim(PreparedStatement claim) throws SQLException {
            claim.setLong(1, id);
            claim.setInt(2, limit);
            List<Long> tasks = new ArrayList<>(limit);
            try (ResultSet row = claim.executeQuery()) {
                while (row.next()) {
                    row.getString(2);
                    tasks.add(row.getLong(1));
                }
            }
            return tasks;
        }
    }
}
