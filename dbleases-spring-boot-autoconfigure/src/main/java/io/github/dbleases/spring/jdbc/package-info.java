/** dbleases' own connections, beside the application's pool. The package is internal. */
@NullMarked
package io.github.dbleases.spring.jdbc;

import org.jspecify.annotations.NullMarked;
