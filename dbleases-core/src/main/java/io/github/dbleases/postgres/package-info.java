/** Leases in PostgreSQL. */
@NullMarked
package io.github.dbleases.postgres;

import org.jspecify.annotations.NullMarked;
