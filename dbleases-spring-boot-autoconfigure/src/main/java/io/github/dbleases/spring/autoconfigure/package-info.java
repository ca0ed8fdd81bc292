/**
 * The client and its leases, the stores, and the check of the properties. An application types the names of
 * auto-configurations only to exclude them or to order its own. All other types are internal.
 */
@NullMarked
package io.github.dbleases.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
