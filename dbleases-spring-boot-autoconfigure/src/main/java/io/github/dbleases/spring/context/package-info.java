/** A client that starts and stops with the application context. */
@NullMarked
package io.github.dbleases.spring.context;

import org.jspecify.annotations.NullMarked;
