/** Captures the log of a test. */
@NullMarked
package io.github.dbleases.testing.log;

import org.jspecify.annotations.NullMarked;
