/**
 * Runs the order desk as several processes: an embedded PostgreSQL and one Java process for each instance.
 *
 * <p>Nobody stays behind. Every process that is started here has a pipe from its parent as its standard input and ends
 * when the pipe ends, which is when the parent asks for it and also when the parent is killed. The server of PostgreSQL
 * cannot notice that, so a Java process of its own starts it, waits for the end of the pipe and stops it.
 */
@NullMarked
package io.github.dbleases.sample.launcher;

import org.jspecify.annotations.NullMarked;
