package io.github.dbleases.internal.client;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Change.Vacate;
import io.github.dbleases.assignment.Change.Withdraw;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.NewEvent;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the changes that a transaction has written into events for the history: one for each group of partitions with
 * the same type of change between the same sessions, not one for each partition.
 */
final class ChangeEvents {

    private ChangeEvents() {}

    /**
     * Returns the events of changes.
     *
     * @param by the session that made the changes; an owner that gives partitions up makes the change itself
     * @param cause why it made them
     * @param principal who asked for them, or null
     */
    static List<NewEvent> of(
            String lease,
            LeaseKind kind,
            Collection<Change> changes,
            long by,
            Cause cause,
            @Nullable String principal) {
        Map<Group, BitSet> groups = new LinkedHashMap<>();
        for (Change change : changes) {
            groups.computeIfAbsent(group(change, kind, by, cause), first -> new BitSet())
                    .set(change.before().number());
        }
        return groups.entrySet().stream()
                .map(entry -> {
                    Group group = entry.getKey();
                    return new NewEvent(
                            group.type,
                            lease,
                            PartitionSet.of(entry.getValue()),
                            group.session,
                            group.from,
                            group.to,
                            group.cause,
                            principal,
                            null);
                })
                .toList();
    }

    private static Group group(Change change, LeaseKind kind, long by, Cause cause) {
        long owner = change.before().owner();
        if (change instanceof Move move) {
            return new Group(HistoryEvent.Type.HAND_OVER_REQUESTED, owner, Snapshot.NO_SESSION, move.to(), cause);
        } else if (change instanceof Withdraw) {
            return new Group(
                    HistoryEvent.Type.HAND_OVER_WITHDRAWN,
                    owner,
                    Snapshot.NO_SESSION,
                    change.before().pending(),
                    cause);
        }
        boolean givenUp = owner == by;
        Cause actual = givesUp(cause) && !givenUp ? Cause.ORPHANED : cause;
        if (change instanceof Vacate) {
            return new Group(HistoryEvent.Type.VACATED, Snapshot.NO_SESSION, owner, Snapshot.NO_SESSION, actual);
        }
        long receiver = ((Grant) change).to();
        HistoryEvent.Type type = owner == Snapshot.NO_SESSION
                ? HistoryEvent.Type.GRANTED
                : givenUp ? HistoryEvent.Type.MOVED : HistoryEvent.Type.TAKEN_OVER;
        return new Group(
                kind == LeaseKind.LEADER ? HistoryEvent.Type.ELECTED : type,
                receiver,
                owner,
                Snapshot.NO_SESSION,
                actual);
    }

    /** Returns whether changes with this cause begin with an owner that gives up what it owns. */
    private static boolean givesUp(Cause cause) {
        return cause == Cause.HANDED_OVER || cause == Cause.RESIGNED || cause == Cause.CLOSED;
    }

    /** What the partitions of an event have in common. */
    private record Group(HistoryEvent.Type type, long session, long from, long to, Cause cause) {}
}
