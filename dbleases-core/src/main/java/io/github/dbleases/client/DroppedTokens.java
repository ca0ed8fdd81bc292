package io.github.dbleases.client;

import java.util.HashMap;
import java.util.Map;

/**
 * Remembers the tokens under which this client has worked and stopped for good. Such a token is never picked up again,
 * whatever a restored database says. Since the tokens of a partition grow, the highest one stands for all.
 */
final class DroppedTokens {

    private final Map<String, Map<Integer, Long>> highest = new HashMap<>();

    void drop(String lease, int partition, long token) {
        highest.computeIfAbsent(lease, name -> new HashMap<>()).merge(partition, token, Math::max);
    }

    boolean contains(String lease, int partition, long token) {
        return token <= highest(lease, partition);
    }

    /** Returns the highest dropped token of a partition, 0 if there is none. */
    long highest(String lease, int partition) {
        return highest.getOrDefault(lease, Map.of()).getOrDefault(partition, 0L);
    }
}
