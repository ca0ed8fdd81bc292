package io.github.dbleases.tasks;

import io.github.dbleases.testing.postgres.PostgresServer;

class NewestClaimRaceTests extends ClaimRaceContract {

    NewestClaimRaceTests() {
        super(PostgresServer.newest());
    }
}
