package io.github.dbleases.testing.postgres;

import java.util.Objects;
import org.postgresql.ds.PGSimpleDataSource;

/** A server that the tests did not start. Its user must be allowed to create databases. */
final class RemotePostgres extends PostgresServer {

    private RemotePostgres(String host, int port, String user, String password) {
        super(host, port, user, password);
    }

    static RemotePostgres at(String jdbcUrl) {
        PGSimpleDataSource url = new PGSimpleDataSource();
        url.setUrl(jdbcUrl);
        return new RemotePostgres(
                url.getServerNames()[0],
                url.getPortNumbers()[0],
                Objects.requireNonNullElse(url.getUser(), "postgres"),
                Objects.requireNonNullElse(url.getPassword(), ""));
    }

    @Override
    void stop(StopMode mode) {
        throw notOurs();
    }

    @Override
    void startAgain() {
        throw notOurs();
    }

    private UnsupportedOperationException notOurs() {
        return new UnsupportedOperationException(this + " was not started by the tests");
    }

    @Override
    void remove() {}
}
