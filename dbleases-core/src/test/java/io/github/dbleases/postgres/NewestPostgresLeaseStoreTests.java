package io.github.dbleases.postgres;

import io.github.dbleases.testing.postgres.PostgresServer;

class NewestPostgresLeaseStoreTests extends PostgresLeaseStoreContract {

    NewestPostgresLeaseStoreTests() {
        super(PostgresServer.newest());
    }
}
