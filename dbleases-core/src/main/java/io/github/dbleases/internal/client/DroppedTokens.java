package io.github.dbleases.internal.client;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Remembers the tokens under which this client has worked and stopped for good. Such a token is never picked up again,
 * whatever a restored database says. Since the tokens of a partition grow, the highest one stands for all.
 *
 * <p>Of the leases that were left only the highest token of all is remembered, so that leases with ever new names need no
 * memory. It stands for any partition that is not known: a grant with a smaller token is given back and comes again with a
 * larger one, which costs a round trip and no safety.
 */
final class DroppedTokens {

    private final Map<String, Map<Integer, Long>> highest = new HashMap<>();
    private long highestOfLeft;

    void drop(String lease, int partition, long token) {
        highest.computeIfAbsent(lease, name -> new HashMap<>()).merge(partition, token, Math::max);
    }

    boolean contains(String lease, int partition, long token) {
        return token <= highest(lease, partition);
    }

    /** Returns the highest dropped token of a partition, 0 if there is none. */
    long highest(String lease, int partition) {
        return highest.getOrDefault(lease, Map.of()).getOrDefault(partition, highestOfLeft);
    }

    /** Forgets the partitions of leases that were left. */
    void keep(Predicate<String> taken) {
        highest.entrySet().removeIf(lease -> {
            if (taken.test(lease.getKey())) {
                return false;
            }
            lease.getValue().values().forEach(token -> highestOfLeft = Math.max(highestOfLeft, token));
            return true;
        });
    }

    /** Returns of how many leases the partitions are remembered. */
    int leases() {
        return highest.size();
    }
}
