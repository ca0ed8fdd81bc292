/** A small application that shares its work between three instances. */
@NullMarked
package io.github.dbleases.sample;

import org.jspecify.annotations.NullMarked;
