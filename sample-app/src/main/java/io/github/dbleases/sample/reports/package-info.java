/**
 * The sales reports, which are written by one instance: the leader of the election {@code report}.
 *
 * <p>Each report has the token of the leader that wrote it, and a report with a lower token than the last one is
 * refused. A leader that was paused in the middle of its work, and continues after another one was elected, therefore
 * does no harm.
 */
@NullMarked
package io.github.dbleases.sample.reports;

import org.jspecify.annotations.NullMarked;
