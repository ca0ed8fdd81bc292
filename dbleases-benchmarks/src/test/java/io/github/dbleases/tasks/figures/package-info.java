/**
 * Measures how fast sessions work through a table of tasks that take no time, beside others that do the same. Not tests:
 * nothing is asserted but that every task is done, and done once.
 */
@NullMarked
package io.github.dbleases.tasks.figures;

import org.jspecify.annotations.NullMarked;
