package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.testing.postgres.PostgresServer;

class OldestJdbcTaskLineTests extends JdbcTaskLineContract {

    OldestJdbcTaskLineTests() {
        super(PostgresServer.oldest());
    }
}
