/** PostgreSQL servers that tests share, and servers of a test's own that it may stop and restart. */
@NullMarked
package io.github.dbleases.testing.postgres;

import org.jspecify.annotations.NullMarked;
