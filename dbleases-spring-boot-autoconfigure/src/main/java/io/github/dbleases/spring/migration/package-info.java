/**
 * The tables of dbleases, which are migrated or validated before the client starts. Only the auto-configuration is public.
 */
@NullMarked
package io.github.dbleases.spring.migration;

import org.jspecify.annotations.NullMarked;
