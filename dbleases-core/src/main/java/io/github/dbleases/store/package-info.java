/** What the engine needs of a store, and the contract that every store keeps. */
@NullMarked
package io.github.dbleases.store;

import org.jspecify.annotations.NullMarked;
