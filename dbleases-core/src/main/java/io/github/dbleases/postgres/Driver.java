package io.github.dbleases.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What the PostgreSQL driver offers beyond JDBC. */
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

    /** Returns the id of the server process that accepted the connection. */
    int backend() {
        return connection.getBackendPID();
    }

    /**
     * Prepares no statements on the server from now on. Behind a pooler, a statement that another client has prepared under
     * the same name on the same server connection would be executed.
     */
    void prepareNothing() {
        connection.setPrepareThreshold(0);
    }

    /** Prepares statements again as the data source has configured it. */
    void restore() {
        connection.setPrepareThreshold(prepareThreshold);
    }

    /** Returns the payloads of the notifications, and waits for some if none has arrived. Empty if the time has passed. */
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
