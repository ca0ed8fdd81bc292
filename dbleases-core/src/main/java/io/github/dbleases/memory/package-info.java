/** A store in the memory of one Java process, for the tests of users and for the simulation of the engine. */
@NullMarked
package io.github.dbleases.memory;

import org.jspecify.annotations.NullMarked;
