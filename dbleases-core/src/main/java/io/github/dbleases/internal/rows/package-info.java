/**
 * The rows of leases as objects, and the transaction on them, for stores that keep no tables: written once for the store
 * in memory and for key-value stores. Of no concern to users.
 */
@NullMarked
package io.github.dbleases.internal.rows;

import org.jspecify.annotations.NullMarked;
