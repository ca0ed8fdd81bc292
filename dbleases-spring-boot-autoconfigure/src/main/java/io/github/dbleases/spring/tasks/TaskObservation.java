package io.github.dbleases.spring.tasks;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations of task runners. */
enum TaskObservation implements ObservationDocumentation {

    /** A runner claims tasks, and finishes, fails and releases others in the same round trip to its queue. */
    CLAIM {
        @Override
        public String getName() {
            return "dbleases.tasks.claim";
        }
    },

    /** A tasker works on a batch; with a transactional runner, the transaction and the finish are part of it. */
    BATCH {
        @Override
        public String getName() {
            return "dbleases.tasks.batch";
        }
    },

    /** The queue has confirmed, outside of a claim, that tasks have failed, were given up, or are lost. */
    REPORT {
        @Override
        public String getName() {
            return "dbleases.tasks.report";
        }
    };

    @Override
    public KeyName[] getLowCardinalityKeyNames() {
        return LowCardinality.values();
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
        return HighCardinality.values();
    }

    /** Tags of metrics and spans. */
    public enum LowCardinality implements KeyName {

        /** The name of the runner. */
        RUNNER {
            @Override
            public String asString() {
                return "runner";
            }
        },

        /**
         * The outcome. Of a claim: {@code claimed}, {@code empty} or {@code error}. Of a batch: {@code accomplished} (all
         * of it), {@code partial} (some or none of it was returned) or {@code error} (the tasker has thrown). Of a
         * report: {@code failed}, {@code given-up} or {@code lost}.
         */
        OUTCOME {
            @Override
            public String asString() {
                return "outcome";
            }
        }
    }

    /** Tags of spans only. */
    public enum HighCardinality implements KeyName {

        /** The id of the session for which tasks are claimed, or that holds them. */
        SESSION {
            @Override
            public String asString() {
                return "session";
            }
        },

        /** The number of tasks that were claimed, or that are in the batch. */
        TASKS {
            @Override
            public String asString() {
                return "tasks";
            }
        },

        /** The number of tasks in the batch that were accomplished. */
        ACCOMPLISHED {
            @Override
            public String asString() {
                return "accomplished";
            }
        }
    }
}
