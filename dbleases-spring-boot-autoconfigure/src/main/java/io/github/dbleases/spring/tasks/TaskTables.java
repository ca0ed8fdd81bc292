package io.github.dbleases.spring.tasks;

import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spi.tasks.TaskChannel;
import javax.sql.DataSource;

/** The tables of tasks that an application may declare. */
public interface TaskTables {

    /** Returns where they are. */
    DataSource dataSource();

    /** Returns the line to a table, with its rows made into objects of a type. */
    <T> TaskChannel<T> line(RunnerDeclaration runner, TaskTable table, Class<T> type);
}
