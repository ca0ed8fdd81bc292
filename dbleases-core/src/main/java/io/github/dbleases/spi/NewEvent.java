package io.github.dbleases.spi;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.PartitionSet;
import org.jspecify.annotations.Nullable;

/**
 * An event to add to the history. Sessions are {@link io.github.dbleases.assignment.Snapshot#NO_SESSION} if there is
 * none.
 *
 * @param type what happened
 * @param lease the lease or election, or null
 * @param partitions the partitions that changed, or the empty set
 * @param session the session that the event is about
 * @param from the previous owner or leader
 * @param to the session that should receive what {@code session} was asked to hand over
 * @param cause why partitions or a leadership changed, or null
 * @param principal the person or system that asked for an operation, or null
 * @param detail further facts for people, or null
 */
public record NewEvent(
        HistoryEvent.Type type,
        @Nullable String lease,
        PartitionSet partitions,
        long session,
        long from,
        long to,
        @Nullable Cause cause,
        @Nullable String principal,
        @Nullable String detail) {}
