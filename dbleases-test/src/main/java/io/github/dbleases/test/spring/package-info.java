/** Leases in Spring tests: {@link io.github.dbleases.test.spring.AutoConfigureTestLeases}. */
@NullMarked
package io.github.dbleases.test.spring;

import org.jspecify.annotations.NullMarked;
