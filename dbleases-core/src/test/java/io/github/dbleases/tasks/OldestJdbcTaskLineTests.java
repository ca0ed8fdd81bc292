package io.github.dbleases.tasks;

import io.github.dbleases.testing.postgres.PostgresServer;

class OldestJdbcTaskLineTests extends JdbcTaskLineContract {

    OldestJdbcTaskLineTests() {
        super(PostgresServer.oldest());
    }
}
