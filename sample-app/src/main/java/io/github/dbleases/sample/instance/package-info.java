/** This process as one of several instances: how the page finds the others, and how this one ends. */
@NullMarked
package io.github.dbleases.sample.instance;

import org.jspecify.annotations.NullMarked;
