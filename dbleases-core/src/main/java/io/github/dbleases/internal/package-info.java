/** What several internal packages share. It uses no other package. */
@NullMarked
package io.github.dbleases.internal;

import org.jspecify.annotations.NullMarked;
