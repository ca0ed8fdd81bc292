/** Measures clusters of hundreds of clients on one small server. */
@NullMarked
package io.github.dbleases.scale;

import org.jspecify.annotations.NullMarked;
