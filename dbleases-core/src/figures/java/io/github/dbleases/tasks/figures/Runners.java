package io.github.dbleases.tasks.figures;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import javax.sql.DataSource;


/**
 * Task runners of this library, each with a client and a pool of its own and one thread for the work.
 *
 * @param tasksPerSession how many tasks each holds at the most
 * @param batchSize how many tasks the work gets at once
 * @param finish what happens to the row of a finished task
 */
record Runners(int tasksPerSession, int batchSize, String finish) implements Contender {

    Runners(int tasksPerSession, int batchSize) {
        this(tasksPerSession, batchSize, TaskRows.FINISH);
    }

    @Override
    public String name() {
        return "dbleases" + (finish.equals(TaskRows.FINISH) ? "" : ", finish=" + finish);
    }

    @Override
    public String batch() {
        return batchSize + (batchSize == tasksPerSession ? "" : " of %d held".formatted(tasksPerSession));
    }

    @Override
    public void fill(Connection connection, long tasks) throws SQLException {
        TaskRows.fill(connection, tasks);
    }

    @Override
    public long pending(Connection connection) throws SQLException {
        return TaskRows.pending(connection);
    }

    @Override
    public Crew assemble(DataSource database, int sessions) throws Exception {
        return RunnerCrew.assemble(this, database, Collections.nCopies(sessions, tasks -> tasks));
    }
}
