package io.github.dbleases.spring;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A queue in memory for one session after the other. */
public class MemoryQueue implements TaskQueue<String> {

    private static final long FREE = 0;

    private final Map<String, Long> holders = new LinkedHashMap<>();
    private final List<String> finished = new ArrayList<>();

    public synchronized void add(String... tasks) {
        for (String task : tasks) {
            holders.put(task, FREE);
        }
    }

    public synchronized List<String> finished() {
        return List.copyOf(finished);
    }

    public synchronized List<String> waiting() {
        return List.copyOf(holders.keySet());
    }

    @Override
    public synchronized List<String> claim(TaskClaim claim) {
        List<String> claimed = holders.entrySet().stream()
                .filter(task -> task.getValue() != claim.session())
                .limit(claim.limit())
                .map(Map.Entry::getKey)
                .toList();
        claimed.forEach(task -> holders.put(task, claim.session()));
        return claimed;
    }

    @Override
    public synchronized List<String> finish(long session, List<String> tasks) {
        List<String> lost = new ArrayList<>();
        for (String task : tasks) {
            if (holders.remove(task, session)) {
                finished.add(task);
            } else {
                lost.add(task);
            }
        }
        return lost;
    }

    @Override
    public synchronized void release(long session, List<String> tasks) {
        tasks.forEach(task -> holders.replace(task, session, FREE));
    }

    /** There are no delays in it. */
    @Override
    public synchronized boolean fail(long session, TaskFailure<String> failure) {
        holders.replace(String.valueOf(failure.task()), session, FREE);
        return false;
    }
}
