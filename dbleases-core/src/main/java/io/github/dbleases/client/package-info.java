/** The engine: heartbeats, trust in the own session, hand-over; the only owner of threads and clocks. */
@NullMarked
package io.github.dbleases.client;

import org.jspecify.annotations.NullMarked;
