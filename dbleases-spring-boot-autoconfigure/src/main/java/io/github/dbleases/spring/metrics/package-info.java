/** Meters for Micrometer, if it is on the class path. */
@NullMarked
package io.github.dbleases.spring.metrics;

import org.jspecify.annotations.NullMarked;
