package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.testing.postgres.PostgresServer;

class OldestClaimRaceTests extends ClaimRaceContract {

    OldestClaimRaceTests() {
        super(PostgresServer.oldest());
    }
}
