package io.github.dbleases.postgres.tasks;

import io.github.dbleases.testing.postgres.PostgresServer;

class OldestJdbcTaskChannelTests extends JdbcTaskChannelContract {

    OldestJdbcTaskChannelTests() {
        super(PostgresServer.oldest());
    }
}
