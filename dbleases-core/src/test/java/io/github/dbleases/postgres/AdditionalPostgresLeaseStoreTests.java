package io.github.dbleases.postgres;

import io.github.dbleases.testing.postgres.PostgresServer;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Runs on the server that the property names. */
@EnabledIfSystemProperty(named = "dbleases.test.postgres", matches = ".+")
class AdditionalPostgresLeaseStoreTests extends PostgresLeaseStoreContract {

    AdditionalPostgresLeaseStoreTests() {
        super(PostgresServer.additional().orElseThrow());
    }
}
