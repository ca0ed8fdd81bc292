/** Processes that tests start, stop and kill. */
@NullMarked
package io.github.dbleases.testing.process;

import org.jspecify.annotations.NullMarked;
