/** What the author of an integration with a monitoring system implements. */
@NullMarked
package io.github.dbleases.spi.observation;

import org.jspecify.annotations.NullMarked;
