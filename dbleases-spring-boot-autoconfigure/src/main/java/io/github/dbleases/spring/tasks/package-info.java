/**
 * Task runners as beans. {@link io.github.dbleases.spring.tasks.TaskRunnerFactory} finds the tasker, the queue or table,
 * and the transactions of each runner among the beans of the application. Claims and batches are observed if Micrometer is
 * there. Only the auto-configuration is public.
 */
@NullMarked
package io.github.dbleases.spring.tasks;

import org.jspecify.annotations.NullMarked;
