package io.github.dbleases.spring.actuate;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.spring.actuate.LeasesDescriptor.RunnerDescriptor;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Describes the task runners. */
final class RunnersReport {

    private RunnersReport() {}

    /** With what their queues answer. */
    static SortedMap<String, RunnerDescriptor> of(Collection<TaskRunner> runners) {
        return describe(runners, RunnersReport::oldestPending);
    }

    /** What they know by themselves: a pool may take its time to say that it has no connection. */
    static SortedMap<String, RunnerDescriptor> without(Collection<TaskRunner> runners) {
        return describe(runners, runner -> Optional.empty());
    }

    private static SortedMap<String, RunnerDescriptor> describe(
            Collection<TaskRunner> runners, Function<TaskRunner, Optional<Duration>> oldest) {
        SortedMap<String, RunnerDescriptor> descriptors = new TreeMap<>();
        for (TaskRunner runner : runners) {
            TaskRunnerStatus status = runner.status();
            descriptors.put(
                    runner.name(),
                    new RunnerDescriptor(
                            status.sessions(),
                            status.running(),
                            status.held(),
                            status.completed(),
                            status.failed(),
                            status.retried(),
                            status.givenUp(),
                            status.lost(),
                            oldest.apply(runner).map(Duration::toMillis).orElse(null)));
        }
        return descriptors;
    }

    private static Optional<Duration> oldestPending(TaskRunner runner) {
        try {
            return runner.oldestPending();
        } catch (DbLeasesException unanswered) {
            return Optional.empty();
        }
    }
}
