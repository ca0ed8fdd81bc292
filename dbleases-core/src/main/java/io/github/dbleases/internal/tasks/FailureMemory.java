package io.github.dbleases.internal.tasks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers which tasks have failed, how often, and when to retry them, for queues that don't record this themselves. Keeps
 * the last 10,000 tasks; a forgotten task counts as fresh.
 */
final class FailureMemory {

    private static final int CAPACITY = 10_000;

    private final Map<Object, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Failures> eldest) {
            return size() > CAPACITY;
        }
    };

    private record Failures(int count, long notBefore) {}

    /** Returns how often a task has failed, as far as that is remembered. */
    int failures(Object id) {
        Failures known = failures.get(id);
        return known == null ? 0 : known.count();
    }

    void remember(Object id, int count, long notBefore) {
        failures.put(id, new Failures(count, notBefore));
    }

    void forget(Object id) {
        failures.remove(id);
    }

    /** Returns the tasks that must not be retried yet. */
    List<Object> notDue(long now) {
        List<Object> notDue = new ArrayList<>();
        failures.forEach((id, known) -> {
            if (known.notBefore() - now > 0) {
                notDue.add(id);
            }
        });
        return notDue;
    }

    /** Returns the tasks that have failed. */
    List<Object> failed() {
        List<Object> failed = new ArrayList<>();
        failures.forEach((id, known) -> {
            if (known.count() > 0) {
                failed.add(id);
            }
        });
        return failed;
    }
}
