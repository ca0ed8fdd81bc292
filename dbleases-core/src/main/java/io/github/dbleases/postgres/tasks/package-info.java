/**
 * The queue of a task runner in a table of the application, on PostgreSQL.
 *
 * <pre>
 *   JdbcTaskChannel      the channel of a runner to its table
 *     Exchange           the one statement of a request: finish, fail, release and claim
 *       TableSql         the names, conditions and assignments of the table in it
 *     ClaimCursor        where in the order of the tasks the next claim begins
 *       Lanes            keeps the claims of several sessions apart
 *       SearchCost       how often an expensive search is worth its time
 *     SessionTables      whose live sessions may hold tasks
 *     TableCheck         compares the settings with the catalog, and StatementCheck with the plans of PostgreSQL
 *     QueueConnections   time limits, transactions and exceptions
 *   TaskTable            the settings of a table
 *   WakeUps              wakes runners when the database sends a notification
 * </pre>
 */
@NullMarked
package io.github.dbleases.postgres.tasks;

import org.jspecify.annotations.NullMarked;
