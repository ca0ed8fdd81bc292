package io.github.dbleases.spring.tasks;

import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerListener;
import io.github.dbleases.spring.tasks.TaskObservation.HighCardinality;
import io.github.dbleases.spring.tasks.TaskObservation.LowCardinality;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Observes each claim and each batch, see {@link TaskObservation}. The work of a tasker is observed inside its batch. Tasks
 * that failed, were given up or were lost are events of the current observation.
 */
final class ObservedTasks implements TaskRunnerListener {

    private final ObservationRegistry registry;

    ObservedTasks(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Activity onClaim(TaskRunner runner, long session) {
        Observation observation = observation(TaskObservation.CLAIM, "claim ", runner, session);
        return new Observed(observation, claimed -> {
            observation.highCardinalityKeyValue(HighCardinality.TASKS.withValue(String.valueOf(claimed)));
            return claimed > 0 ? "claimed" : "empty";
        });
    }

    @Override
    public Activity onBatch(TaskRunner runner, long session, List<?> tasks) {
        int given = tasks.size();
        Observation observation = observation(TaskObservation.BATCH, "work on ", runner, session)
                .highCardinalityKeyValue(HighCardinality.TASKS.withValue(String.valueOf(given)));
        return new Observed(observation, accomplished -> {
            observation.highCardinalityKeyValue(HighCardinality.ACCOMPLISHED.withValue(String.valueOf(accomplished)));
            return accomplished == given ? "accomplished" : "partial";
        });
    }

    private Observation observation(TaskObservation kind, String verb, TaskRunner runner, long session) {
        return kind.observation(registry)
                .contextualName(verb + runner.name())
                .lowCardinalityKeyValue(LowCardinality.RUNNER.withValue(runner.name()))
                .highCardinalityKeyValue(HighCardinality.SESSION.withValue(String.valueOf(session)));
    }

    @Override
    public void onLost(TaskRunner runner, List<?> tasks) {
        tell(runner, "lost", tasks);
    }

    @Override
    public void onFailed(TaskRunner runner, List<TaskFailure<?>> failures) {
        tell(runner, "failed", failures);
    }

    @Override
    public void onGivenUp(TaskRunner runner, List<TaskFailure<?>> failures) {
        tell(runner, "given-up", failures);
    }

    /** The queue may confirm an outcome in a request without a claim, outside of any observation. */
    private void tell(TaskRunner runner, String name, List<?> tasks) {
        Observation.Event event = Observation.Event.of(name, tasks.size() + " tasks");
        Observation current = registry.getCurrentObservation();
        if (current != null) {
            current.event(event);
            return;
        }
        Observation report = TaskObservation.REPORT
                .observation(registry)
                .contextualName("report of " + runner.name())
                .lowCardinalityKeyValue(LowCardinality.RUNNER.withValue(runner.name()))
                .lowCardinalityKeyValue(LowCardinality.OUTCOME.withValue(name))
                .highCardinalityKeyValue(HighCardinality.TASKS.withValue(String.valueOf(tasks.size())));
        report.observe(() -> report.event(event));
    }

    private static final class Observed implements Activity {

        private final Observation observation;
        private final IntFunction<String> outcomeOf;
        private final Observation.Scope scope;
        private String outcome = "error";

        private Observed(Observation observation, IntFunction<String> outcomeOf) {
            this.observation = observation.start();
            this.outcomeOf = outcomeOf;
            this.scope = observation.openScope();
        }

        @Override
        public void succeeded(int tasks) {
            outcome = outcomeOf.apply(tasks);
        }

        @Override
        public void failed(Throwable failure) {
            outcome = "error";
            observation.error(failure);
        }

        @Override
        public void close() {
            observation.lowCardinalityKeyValue(LowCardinality.OUTCOME.withValue(outcome));
            scope.close();
            observation.stop();
        }
    }
}
