/**
 * Task runners as beans: the tasker, the queue, the rows and the transactions of each are found among the beans of the
 * application.
 */
@NullMarked
package io.github.dbleases.spring.tasks;

import org.jspecify.annotations.NullMarked;
