package io.github.dbleases;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.Property;

/**
 * A property that is tried with the same random values in each run. More of them are tried with
 * {@code -Djqwik.tries.default=100000}.
 */
@Property(seed = "20260101")
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface RepeatableProperty {}
