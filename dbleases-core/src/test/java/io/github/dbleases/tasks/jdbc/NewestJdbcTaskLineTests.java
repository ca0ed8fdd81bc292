package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.testing.postgres.PostgresServer;

class NewestJdbcTaskLineTests extends JdbcTaskLineContract {

    NewestJdbcTaskLineTests() {
        super(PostgresServer.newest());
    }
}
