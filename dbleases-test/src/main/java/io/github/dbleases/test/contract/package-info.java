/**
 * The contracts of {@link io.github.dbleases.spi.LeaseStore} and {@link io.github.dbleases.keyvalue.KeyValueBackend} as
 * suites of tests, for those who implement one.
 */
@NullMarked
package io.github.dbleases.test.contract;

import org.jspecify.annotations.NullMarked;
