package io.github.dbleases.tasks.figures;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A system to measure, configured for one batch size. */
interface Contender {

    /** The name in the table of figures. */
    String name();

    /** How many tasks it claims and processes at once, in words. */
    String batch();

    /** Creates its tables, with pending tasks in them, for a number of sessions. Vacuum and analyze run afterwards. */
    void fill(Connection connection, long tasks, int sessions) throws SQLException;

    /** Opens sessions that wait for {@link Crew#begin()}. */
    Crew assemble(DataSource database, int sessions) throws Exception;

    /** Returns how many tasks are pending in the database. */
    long pending(Connection connection, int sessions) throws SQLException;

    /** Sessions that share the tasks. */
    interface Crew extends AutoCloseable {

        void begin();

        /** Returns the number of tasks whose finish is committed. */
        long finished();

        /** Returns how often the work was given a task, including repetitions. */
        long performed();

        @Override
        void close() throws Exception;
    }
}
