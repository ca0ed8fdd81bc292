package io.github.dbleases.internal.client;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of leases that a client has left, up to a number. A membership that comes back after its lease was forgotten,
 * because a failover has undone the end of it, ends as soon as something is granted to it.
 */
final class LeftLeases {

    private static final int REMEMBERED = 100;

    private final Set<String> names = new LinkedHashSet<>();

    void add(String name) {
        names.remove(name);
        names.add(name);
        if (names.size() > REMEMBERED) {
            names.remove(names.iterator().next());
        }
    }

    void remove(String name) {
        names.remove(name);
    }

    boolean contains(String name) {
        return names.contains(name);
    }

    List<String> newestLast() {
        return List.copyOf(names);
    }
}
