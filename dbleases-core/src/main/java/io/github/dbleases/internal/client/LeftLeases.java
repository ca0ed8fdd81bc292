package io.github.dbleases.internal.client;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of the leases that a client left last, up to a maximum number. If a failover restores a membership whose
 * lease is no longer remembered here, that membership ends as soon as something is granted to it.
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
