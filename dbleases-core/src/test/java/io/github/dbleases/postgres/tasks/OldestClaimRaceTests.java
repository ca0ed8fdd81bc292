package io.github.dbleases.postgres.tasks;

import io.github.dbleases.testing.postgres.PostgresServer;

class OldestClaimRaceTests extends ClaimRaceContract {

    OldestClaimRaceTests() {
        super(PostgresServer.oldest());
    }
}
