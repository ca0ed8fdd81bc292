package io.github.dbleases.postgres;

import io.github.dbleases.testing.postgres.PostgresServer;

class OldestPostgresLeaseStoreTests extends PostgresLeaseStoreContract {

    OldestPostgresLeaseStoreTests() {
        super(PostgresServer.oldest());
    }
}
