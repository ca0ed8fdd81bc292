/** Leases in Spring tests. Start with {@link io.github.dbleases.test.spring.AutoConfigureTestLeases}. */
@NullMarked
package io.github.dbleases.test.spring;

import org.jspecify.annotations.NullMarked;
