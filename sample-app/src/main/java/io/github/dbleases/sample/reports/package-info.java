/**
 * The sales report, which one instance writes: the leader of the election {@code report}.
 *
 * <p>Each report has the token of the leader that wrote it, and a report with a lower token than the last one is refused.
 * So a leader that was paused in the middle of its work, and goes on after another was elected, spoils nothing.
 */
@NullMarked
package io.github.dbleases.sample.reports;

import org.jspecify.annotations.NullMarked;
