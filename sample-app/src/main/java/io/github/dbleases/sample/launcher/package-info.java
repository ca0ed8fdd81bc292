/**
 * Runs the order desk as several processes: an embedded PostgreSQL and one Java process for each instance.
 *
 * <p>No process is left behind. Every process that is started here has a pipe from its parent as its standard input,
 * and ends when the pipe is closed: when the parent asks it to end, and also when the parent is killed. The PostgreSQL
 * server cannot notice that, so a separate Java process starts it, waits for the end of the pipe and stops it.
 */
@NullMarked
package io.github.dbleases.sample.launcher;

import org.jspecify.annotations.NullMarked;
