package io.github.dbleases.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The statements of all processes about what they owned and when. Each statement names a token, and was true at some
 * instant between two times. So two owners at one instant show as an older token that was still owned after a newer
 * one.
 */
final class Testimonies {

    /**
     * For each partition and token, the latest time by which it was owned first, and the earliest time it was owned
     * last.
     */
    private final Map<Integer, SortedMap<Long, Span>> spans = new HashMap<>();

    synchronized void add(long process, int partition, long token, long before, long after) {
        spans.computeIfAbsent(partition, none -> new TreeMap<>())
                .merge(token, new Span(process, after, before), Span::and);
    }

    synchronized List<String> contradictions() {
        List<String> found = new ArrayList<>();
        spans.forEach((partition, tokens) ->
                tokens.forEach((token, span) -> tokens.tailMap(token + 1).forEach((newer, later) -> {
                    if (span.lastOwned > later.firstOwned || span.process == MANY) {
                        found.add("partition %d: %s under token %d, %s under token %d"
                                .formatted(partition, span, token, later, newer));
                    }
                })));
        return found;
    }

    private static final long MANY = -1;

    /** The time during which a process owned a partition under a token, in milliseconds since 1970. */
    private record Span(long process, long firstOwned, long lastOwned) {

        private Span and(Span other) {
            return new Span(
                    process == other.process ? process : MANY,
                    Math.min(firstOwned, other.firstOwned),
                    Math.max(lastOwned, other.lastOwned));
        }
    }
}
