/** The actuator endpoint {@code leases}. */
@NullMarked
package io.github.dbleases.spring.actuate;

import org.jspecify.annotations.NullMarked;
