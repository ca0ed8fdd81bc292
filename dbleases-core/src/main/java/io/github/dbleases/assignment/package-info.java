/** Who gets which partition: pure functions from a snapshot of the members to an assignment. */
@NullMarked
package io.github.dbleases.assignment;

import org.jspecify.annotations.NullMarked;
