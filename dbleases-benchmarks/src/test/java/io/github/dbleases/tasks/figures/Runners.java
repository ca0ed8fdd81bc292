package io.github.dbleases.tasks.figures;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import javax.sql.DataSource;

/**
 * Task runners of this library, each with its own client, its own pool and one thread for the work.
 *
 * @param tasksPerSession the maximum number of tasks that each runner holds
 * @param batchSize the number of tasks that each call of the tasker gets
 * @param finish what happens to the row of a finished task
 * @param apart whether each runner has its own table, so that they share nothing but the server
 */
record Runners(int tasksPerSession, int batchSize, String finish, boolean apart) implements Contender {

    Runners(int tasksPerSession, int batchSize) {
        this(tasksPerSession, batchSize, TaskRows.FINISH, false);
    }

    Runners deleting() {
        return new Runners(tasksPerSession, batchSize, "delete", apart);
    }

    Runners eachOnItsOwn() {
        return new Runners(tasksPerSession, batchSize, finish, true);
    }

    @Override
    public String name() {
        return "dbleases" + (finish.equals(TaskRows.FINISH) ? "" : ", finish=" + finish)
                + (apart ? ", a table each" : "");
    }

    @Override
    public String batch() {
        return batchSize + (batchSize == tasksPerSession ? "" : " of %d held".formatted(tasksPerSession));
    }

    /** Returns the table of a session. Sessions are numbered from 0. */
    String table(int session) {
        return apart ? TaskRows.TABLE + session : TaskRows.TABLE;
    }

    @Override
    public void fill(Connection connection, long tasks, int sessions) throws SQLException {
        int tables = apart ? sessions : 1;
        for (int i = 0; i < tables; i++) {
            TaskRows.fill(connection, table(i), tasks / tables + (i < tasks % tables ? 1 : 0));
        }
    }

    @Override
    public long pending(Connection connection, int sessions) throws SQLException {
        long pending = 0;
        for (int i = 0; i < (apart ? sessions : 1); i++) {
            pending += TaskRows.pending(connection, table(i));
        }
        return pending;
    }

    @Override
    public Crew assemble(DataSource database, int sessions) throws Exception {
        return RunnerCrew.assemble(this, database, Collections.nCopies(sessions, tasks -> tasks));
    }
}
