/**
 * A {@link io.github.dbleases.store.LeaseStore} on any storage that can compare and set: a
 * {@link io.github.dbleases.store.keyvalue.KeyValueBackend} gives four verbs, everything else is written once.
 */
@NullMarked
package io.github.dbleases.store.keyvalue;

import org.jspecify.annotations.NullMarked;
