package io.github.dbleases.internal.client;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Remembers the tokens that this client has dropped for good. It never picks up such a token again, whatever a restored
 * database says (rule 4). Because the tokens of a partition grow, it is enough to remember the highest one.
 *
 * <p>For leases that the client has left, only the highest token of all of them is remembered, so that ever new lease
 * names don't use up memory. This token applies to all unknown partitions. A grant with a smaller token is given back
 * and comes again with a larger one, which costs a round trip but no safety.
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

    /** Returns the highest dropped token of a partition, or 0 if there is none. */
    long highest(String lease, int partition) {
        return highest.getOrDefault(lease, Map.of()).getOrDefault(partition, highestOfLeft);
    }

    /** Forgets the partitions of leases that don't match, except for their highest token. */
    void keep(Predicate<String> taken) {
        highest.entrySet().removeIf(lease -> {
            if (taken.test(lease.getKey())) {
                return false;
            }
            lease.getValue().values().forEach(token -> highestOfLeft = Math.max(highestOfLeft, token));
            return true;
        });
    }

    /** Returns the number of leases whose partitions are remembered. */
    int leases() {
        return highest.size();
    }
}
