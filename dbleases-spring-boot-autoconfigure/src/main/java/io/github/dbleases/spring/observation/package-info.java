/** What task runners do, as observations of Micrometer: spans and metrics of claims and batches. */
@NullMarked
package io.github.dbleases.spring.observation;

import org.jspecify.annotations.NullMarked;
