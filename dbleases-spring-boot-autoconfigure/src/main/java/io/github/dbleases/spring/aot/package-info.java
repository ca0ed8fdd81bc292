/** What a native image needs to know in advance. */
@NullMarked
package io.github.dbleases.spring.aot;

import org.jspecify.annotations.NullMarked;
