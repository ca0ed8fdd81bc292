/**
 * The contracts of {@link io.github.dbleases.spi.LeaseStore} and {@link io.github.dbleases.keyvalue.KeyValueBackend} as
 * test suites for their implementers.
 */
@NullMarked
package io.github.dbleases.test.contract;

import org.jspecify.annotations.NullMarked;
