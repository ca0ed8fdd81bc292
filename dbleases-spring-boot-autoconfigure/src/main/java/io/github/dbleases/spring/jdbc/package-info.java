/** Connections of dbleases' own, beside the application's pool. */
@NullMarked
package io.github.dbleases.spring.jdbc;

import org.jspecify.annotations.NullMarked;
