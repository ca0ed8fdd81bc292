/** Prepares Awaitility for the tests of all modules. */
@NullMarked
package io.github.dbleases.testing.await;

import org.jspecify.annotations.NullMarked;
