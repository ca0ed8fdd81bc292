package io.github.dbleases.postgres.tasks;

import io.github.dbleases.testing.postgres.PostgresServer;

class NewestClaimRaceTests extends ClaimRaceContract {

    NewestClaimRaceTests() {
        super(PostgresServer.newest());
    }
}
