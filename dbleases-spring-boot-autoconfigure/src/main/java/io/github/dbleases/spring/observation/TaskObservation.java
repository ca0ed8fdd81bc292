package io.github.dbleases.spring.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations of task runners. */
public enum TaskObservation implements ObservationDocumentation {

    /** A runner claims tasks, and with that finishes, fails and releases what it has to: one round trip to its queue. */
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
         * What came of it. Of a claim: {@code claimed}, {@code empty} or {@code error}. Of a batch: {@code accomplished} (all
         * of it), {@code partial} (some or none of it was returned) or {@code error} (the tasker has thrown).
         */
        OUTCOME {
            @Override
            public String asString() {
                return "outcome";
            }
        }
    }

    /** Tags of spans alone. */
    public enum HighCardinality implements KeyName {

        /** The id of the session for which tasks are claimed, or that holds them. */
        SESSION {
            @Override
            public String asString() {
                return "session";
            }
        },

        /** How many tasks were claimed, or are in the batch. */
        TASKS {
            @Override
            public String asString() {
                return "tasks";
            }
        },

        /** How many tasks of the batch were accomplished. */
        ACCOMPLISHED {
            @Override
            public String asString() {
                return "accomplished";
            }
        }
    }
}
