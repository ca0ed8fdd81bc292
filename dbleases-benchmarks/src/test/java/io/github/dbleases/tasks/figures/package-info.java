/**
 * Measures how fast sessions work through a table of tasks that take no time, in comparison with other libraries. These
 * are not tests: they only assert that every task is done, and done once.
 */
@NullMarked
package io.github.dbleases.tasks.figures;

import org.jspecify.annotations.NullMarked;
