package io.github.dbleases.internal.tasks;

import io.github.dbleases.spi.tasks.ClaimedTask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a batch that a tasker returned. The same objects are matched first, then equal ones; each task counts once.
 *
 * @param accomplished the tasks that it returned
 * @param rest the tasks that it did not return
 * @param problem what is wrong with the returned list
 */
record ReturnedTasks<T>(List<ClaimedTask<T>> accomplished, List<ClaimedTask<T>> rest, Optional<String> problem) {

    static <T> ReturnedTasks<T> of(List<ClaimedTask<T>> tasks, @Nullable List<?> returned) {
        if (returned == null) {
            return new ReturnedTasks<>(
                    List.of(),
                    tasks,
                    Optional.of(("The tasker returned null, so none of its %d tasks counts as accomplished."
                                    + " To accomplish none, return an empty list.")
                            .formatted(tasks.size())));
        }
        List<?> copy = new ArrayList<>(returned);
        return isSame(tasks, copy) ? new ReturnedTasks<>(tasks, List.of(), Optional.empty()) : search(tasks, copy);
    }

    private static <T> boolean isSame(List<ClaimedTask<T>> tasks, List<?> returned) {
        boolean same = tasks.size() == returned.size();
        for (int i = 0; same && i < tasks.size(); i++) {
            same = tasks.get(i).task() == returned.get(i);
        }
        return same;
    }

    private static <T> ReturnedTasks<T> search(List<ClaimedTask<T>> tasks, List<?> returned) {
        boolean[] done = new boolean[tasks.size()];
        List<?> others = find(new IdentityHashMap<>(), tasks, returned, done);
        List<?> foreign = others.isEmpty() ? List.of() : find(new HashMap<>(), tasks, others, done);
        List<ClaimedTask<T>> accomplished = new ArrayList<>();
        List<ClaimedTask<T>> rest = new ArrayList<>();
        for (int i = 0; i < done.length; i++) {
            (done[i] ? accomplished : rest).add(tasks.get(i));
        }
        Optional<String> problem = foreign.isEmpty()
                ? Optional.empty()
                : Optional.of("The tasker returned %d tasks that it was not given, such as %s. They are ignored."
                        .formatted(foreign.size(), foreign.get(0)));
        return new ReturnedTasks<>(accomplished, rest, problem);
    }

    /** Marks the returned tasks, and returns the objects that match none. A task that is returned twice matches. */
    private static <T> List<?> find(
            Map<Object, Deque<Integer>> indexes, List<ClaimedTask<T>> tasks, List<?> returned, boolean[] done) {
        for (int i = 0; i < tasks.size(); i++) {
            T task = tasks.get(i).task();
            if (task != null) {
                indexes.computeIfAbsent(task, absent -> new ArrayDeque<>()).add(i);
            }
        }
        List<Object> unknown = new ArrayList<>();
        for (Object task : returned) {
            Deque<Integer> places = indexes.get(task);
            if (places == null) {
                unknown.add(task);
                continue;
            }
            while (!places.isEmpty() && done[places.element()]) {
                places.remove();
            }
            if (!places.isEmpty()) {
                done[places.remove()] = true;
            }
        }
        return unknown;
    }
}
