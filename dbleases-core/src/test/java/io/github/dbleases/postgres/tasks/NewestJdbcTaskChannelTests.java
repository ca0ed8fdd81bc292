package io.github.dbleases.postgres.tasks;

import io.github.dbleases.testing.postgres.PostgresServer;

class NewestJdbcTaskChannelTests extends JdbcTaskChannelContract {

    NewestJdbcTaskChannelTests() {
        super(PostgresServer.newest());
    }
}
