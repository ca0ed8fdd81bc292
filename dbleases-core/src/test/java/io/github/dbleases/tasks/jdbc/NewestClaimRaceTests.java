package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.testing.postgres.PostgresServer;

class NewestClaimRaceTests extends ClaimRaceContract {

    NewestClaimRaceTests() {
        super(PostgresServer.newest());
    }
}
