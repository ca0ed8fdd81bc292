package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.testing.postgres.PostgresServer;

class OldestTaskTableCheckTests extends TaskTableCheckContract {

    OldestTaskTableCheckTests() {
        super(PostgresServer.oldest());
    }
}
