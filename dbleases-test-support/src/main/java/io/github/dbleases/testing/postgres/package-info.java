/** PostgreSQL servers that tests share, and private servers that a test may stop and restart. */
@NullMarked
package io.github.dbleases.testing.postgres;

import org.jspecify.annotations.NullMarked;
