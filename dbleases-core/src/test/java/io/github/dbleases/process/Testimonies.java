package io.github.dbleases.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What all processes said of who owned what and when. Each said under a token was true at some instant between two times,
 * so two owners at one instant show as an older token that was still owned after a newer one was.
 */
final class Testimonies {

    /** For each partition, for each token: when it was owned for the first time at the latest, for the last at the earliest. */
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

    /** When a process owned a partition under a token; in milliseconds since 1970. */
    private record Span(long process, long firstOwned, long lastOwned) {

        private Span and(Span other) {
            return new Span(
                    process == other.process ? process : MANY,
                    Math.min(firstOwned, other.firstOwned),
                    Math.max(lastOwned, other.lastOwned));
        }
    }
}
