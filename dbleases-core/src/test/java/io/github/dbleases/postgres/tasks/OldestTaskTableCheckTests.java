package io.github.dbleases.postgres.tasks;

import io.github.dbleases.testing.postgres.PostgresServer;

class OldestTaskTableCheckTests extends TaskTableCheckContract {

    OldestTaskTableCheckTests() {
        super(PostgresServer.oldest());
    }
}
