package io.github.dbleases.internal.tasks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tasks have failed here, how often, and when they may be tried again: for queues that don't keep this themselves.
 * Remembers the last 10,000; a task that is forgotten counts as fresh.
 */
final class FailureMemory {

    private static final int CAPACITY = 10_000;

    private final Map<Object, Entry> entries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Entry> eldest) {
            return size() > CAPACITY;
        }
    };

    private record Entry(int failures, long notBefore) {}

    /** Returns how often a task has failed, as far as that is remembered. */
    int failures(Object id) {
        Entry entry = entries.get(id);
        return entry == null ? 0 : entry.failures();
    }

    void rest(Object id, int failures, long notBefore) {
        entries.put(id, new Entry(failures, notBefore));
    }

    void forget(Object id) {
        entries.remove(id);
    }

    /** Returns the tasks that must not be tried yet. */
    List<Object> resting(long now) {
        List<Object> resting = new ArrayList<>();
        entries.forEach((id, entry) -> {
            if (entry.notBefore() - now > 0) {
                resting.add(id);
            }
        });
        return resting;
    }

    /** Returns the tasks that have failed. */
    List<Object> failed() {
        List<Object> failed = new ArrayList<>();
        entries.forEach((id, entry) -> {
            if (entry.failures() > 0) {
                failed.add(id);
            }
        });
        return failed;
    }
}
