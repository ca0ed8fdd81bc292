/** Leases in PostgreSQL. */
@NullMarked
package io.github.dbleases.store.postgres;

import org.jspecify.annotations.NullMarked;
