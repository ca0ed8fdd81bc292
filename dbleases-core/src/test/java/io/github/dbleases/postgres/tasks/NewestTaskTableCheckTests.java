package io.github.dbleases.postgres.tasks;

import io.github.dbleases.testing.postgres.PostgresServer;

class NewestTaskTableCheckTests extends TaskTableCheckContract {

    NewestTaskTableCheckTests() {
        super(PostgresServer.newest());
    }
}
