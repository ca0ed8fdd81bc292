/**
 * Decides which session should own which partition: a pure function from a
 * {@link io.github.dbleases.assignment.Snapshot} to an {@link io.github.dbleases.assignment.Assignment}. Nothing in
 * this package reads a clock, does I/O, starts a thread, or logs.
 */
@NullMarked
package io.github.dbleases.assignment;

import org.jspecify.annotations.NullMarked;
