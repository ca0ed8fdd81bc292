/** This process as one of several: how the others find it on the page, and how it ends. */
@NullMarked
package io.github.dbleases.sample.instance;

import org.jspecify.annotations.NullMarked;
