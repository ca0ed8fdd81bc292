package io.github.dbleases.postgres;

import java.sql.SQLException;

/** Another server answered than the one that was behind the connection when it was made. */
final class ServerChangedException extends SQLException {

    private static final long serialVersionUID = 1L;

    ServerChangedException() {
        super("Another server is behind the connection than before");
    }
}
