package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.testing.postgres.PostgresServer;

class NewestTaskTableCheckTests extends TaskTableCheckContract {

    NewestTaskTableCheckTests() {
        super(PostgresServer.newest());
    }
}
