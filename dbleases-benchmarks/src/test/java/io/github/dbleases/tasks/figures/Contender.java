package io.github.dbleases.tasks.figures;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A system that is measured, as it is set up for one batch size. */
interface Contender {

    /** What the table of figures calls it. */
    String name();

    /** How many tasks it takes at once, in words. */
    String batch();

    /** Creates its tables with so many pending tasks in them, for so many sessions. Vacuum and analyze come after it. */
    void fill(Connection connection, long tasks, int sessions) throws SQLException;

    /** Opens sessions that wait for {@link Crew#begin()}. */
    Crew assemble(DataSource database, int sessions) throws Exception;

    /** Returns how many tasks are pending in the database. */
    long pending(Connection connection, int sessions) throws SQLException;

    /** Sessions that share the tasks. */
    interface Crew extends AutoCloseable {

        void begin();

        /** How many tasks are finished, and this committed. */
        long finished();

        /** How many tasks were handed to the work, those included that were handed to it once more. */
        long performed();

        @Override
        void close() throws Exception;
    }
}
