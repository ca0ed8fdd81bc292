/** A browser for tests of pages. */
@NullMarked
package io.github.dbleases.testing.browser;

import org.jspecify.annotations.NullMarked;
