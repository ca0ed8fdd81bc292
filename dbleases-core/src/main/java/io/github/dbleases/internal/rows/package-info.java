/**
 * Leases as objects, and transactions on them, for stores without tables. Shared by the in-memory store and the
 * key-value stores.
 */
@NullMarked
package io.github.dbleases.internal.rows;

import org.jspecify.annotations.NullMarked;
