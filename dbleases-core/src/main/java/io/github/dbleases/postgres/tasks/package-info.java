/**
 * The queue in a user's own table on PostgreSQL.
 *
 * <p>{@link io.github.dbleases.postgres.tasks.TaskTable} tells how a table of tasks is used;
 * {@link io.github.dbleases.postgres.tasks.JdbcTaskChannel} is the line to it. What is asked of the queue at one time is one
 * statement ({@code TaskStatements}, {@code Exchange}). {@code TableCheck} refuses at the start what could not work.
 * {@link io.github.dbleases.postgres.tasks.WakeUps} wakes runners when the database notifies.
 */
@NullMarked
package io.github.dbleases.postgres.tasks;

import org.jspecify.annotations.NullMarked;
