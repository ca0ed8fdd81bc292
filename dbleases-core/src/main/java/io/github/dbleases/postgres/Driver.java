package io.github.dbleases.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What is not in JDBC but in the driver of PostgreSQL. */
final class Driver {

    private final PGConnection connection;

    private final int prepareThreshold;

    private Driver(PGConnection connection) {
        this.connection = connection;
        this.prepareThreshold = connection.getPrepareThreshold();
    }

    /** Returns null for a connection of another driver. */
    static @Nullable Driver of(Connection connection) throws SQLException {
        try {
            return connection.isWrapperFor(PGConnection.class)
                    ? new Driver(connection.unwrap(PGConnection.class))
                    : null;
        } catch (LinkageError e) {
            return null;
        }
    }

    /** The process that served the connection when it was made. */
    int backend() {
        return connection.getBackendPID();
    }

    /**
     * Prepares no statement on the server from now on. Behind a pooler, what another client has prepared under the same
     * name on the same server connection would be executed.
     */
    void prepareNothing() {
        connection.setPrepareThreshold(0);
    }

    /** Prepares as it was found. */
    void restore() {
        connection.setPrepareThreshold(prepareThreshold);
    }

    /** Waits for notifications, unless some have come already. Returns their payloads, none if the time is up. */
    String[] notifications(int millis) throws SQLException {
        PGNotification[] notifications = connection.getNotifications(millis);
        if (notifications == null) {
            return new String[0];
        }
        String[] payloads = new String[notifications.length];
        for (int i = 0; i < payloads.length; i++) {
            payloads[i] = notifications[i].getParameter();
        }
        return payloads;
    }
}
