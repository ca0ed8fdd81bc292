/** What a test logs. */
@NullMarked
package io.github.dbleases.testing.log;

import org.jspecify.annotations.NullMarked;
