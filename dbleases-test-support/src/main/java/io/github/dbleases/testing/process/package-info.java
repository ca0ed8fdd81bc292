/** Processes that tests start, stop and kill, and networks that they cut. */
@NullMarked
package io.github.dbleases.testing.process;

import org.jspecify.annotations.NullMarked;
