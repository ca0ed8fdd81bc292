/**
 * What the engine, the task runner and the Spring module share, and applications don't need. It may change in any version.
 */
@NullMarked
package io.github.dbleases.internal;

import org.jspecify.annotations.NullMarked;
