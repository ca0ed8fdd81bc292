/** The tables of dbleases, made or checked before the client starts. */
@NullMarked
package io.github.dbleases.spring.migration;

import org.jspecify.annotations.NullMarked;
