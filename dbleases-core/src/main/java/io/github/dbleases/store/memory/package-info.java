/** Leases in the memory of one JVM, for tests and simulation. */
@NullMarked
package io.github.dbleases.store.memory;

import org.jspecify.annotations.NullMarked;
