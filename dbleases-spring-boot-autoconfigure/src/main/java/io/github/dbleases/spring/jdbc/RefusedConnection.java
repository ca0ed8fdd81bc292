package io.github.dbleases.spring.jdbc;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Explains why a connection failed, with the address, the user, the cause and the remedy, and without secrets. */
final class RefusedConnection {

    private final ConnectionTarget target;
    private final JdbcUrl url;
    private final SQLException failure;
    private final String user;

    private RefusedConnection(ConnectionTarget target, SQLException failure) {
        this.target = target;
        this.url = JdbcUrl.of(target.url());
        this.failure = failure;
        this.user = target.effectiveUser();
    }

    /**
     * Returns the exception for a data source to throw. Its cause is a {@link DbLeasesException}, which has the remedy too.
     *
     * @param failure the failure that the driver reported, without secrets
     */
    static SQLException explained(ConnectionTarget target, SQLException failure) {
        DbLeasesException explanation = new RefusedConnection(target, failure).explanation();
        return new SQLException(explanation.problem(), failure.getSQLState(), failure.getErrorCode(), explanation);
    }

    private DbLeasesException explanation() {
        String state = String.valueOf(failure.getSQLState());
        ConnectionTarget.Settings settings = target.settings();
        return switch (state) {
            case "28P01" -> unusable(said(), "Correct %s or %s.".formatted(settings.user(), settings.password()));
            case "08004" ->
                unusable(
                        said(),
                        isWithoutPassword()
                                ? "Set %s.".formatted(settings.password())
                                : "Correct %s and the way of authentication that the server asks for."
                                        .formatted(settings.url()));
            case "28000" ->
                unusable(
                        said(),
                        "Create the user, or let it log in from this machine (pg_hba.conf), or correct %s."
                                .formatted(settings.user()));
            case "3D000" ->
                unusable(said(), "Create the database, or correct its name in %s.".formatted(settings.url()));
            case "42501" ->
                unusable(
                        said(),
                        "Let the user connect: GRANT CONNECT ON DATABASE %s TO %s;"
                                .formatted(quoted(url.database() == null ? user : url.database()), quoted(user)));
            case "53300" ->
                unavailable(said(), "Close connections that are not needed, or raise max_connections of the server.");
            case "57P03" -> unavailable(said(), "Wait until the server accepts connections.");
            default -> unreachable();
        };
    }

    private DbLeasesException unreachable() {
        String where = target.settings().url();
        if (isCausedBy(UnknownHostException.class)) {
            return unavailable("the host name cannot be resolved", "Correct the host in %s.".formatted(where));
        }
        if (isCausedBy(ConnectException.class) || isCausedBy(NoRouteToHostException.class)) {
            return unavailable(
                    "nothing accepts connections there (%s)".formatted(causeMessage()),
                    "Start the database if it is down, or correct host and port in %s.".formatted(where));
        }
        if (isCausedBy(SocketTimeoutException.class) || said().contains("timed out")) {
            return unavailable(
                    "there was no answer in time",
                    "Correct host and port in %s, or let the traffic through the firewall.".formatted(where));
        }
        if (isCausedBy(EOFException.class) || "08P01".equals(failure.getSQLState())) {
            return unavailable(
                    "what listens there does not answer as PostgreSQL does (%s)".formatted(said()),
                    "Correct host and port in %s.".formatted(where));
        }
        return unavailable(said(), "Correct %s if it is wrong, or check the database.".formatted(where));
    }

    private StoreUnusableException unusable(String reason, String remedy) {
        return new StoreUnusableException(problem(reason), remedy, failure);
    }

    private StoreUnavailableException unavailable(String reason, String remedy) {
        return new StoreUnavailableException(problem(reason), remedy, failure);
    }

    private String problem(String reason) {
        return "Cannot connect to %s: %s.".formatted(address(), reason.strip().replaceAll("[.\\s]+$", ""));
    }

    private String address() {
        if (!url.isPostgres()) {
            return "the database at %s as user '%s'".formatted(url.shown(), user);
        }
        String hosts = url.hosts() == null ? "localhost" : url.hosts();
        boolean several = hosts.contains(",");
        boolean port = hosts.matches(".*:[0-9]+");
        String where = several
                ? "hosts " + hosts
                : "host '%s', port %s"
                        .formatted(
                                port ? hosts.substring(0, hosts.lastIndexOf(':')) : hosts,
                                port ? hosts.substring(hosts.lastIndexOf(':') + 1) : "5432");
        return "PostgreSQL (%s, database '%s', user '%s')"
                .formatted(where, url.database() == null ? user : url.database(), user);
    }

    private String said() {
        return String.valueOf(failure.getMessage());
    }

    private boolean isWithoutPassword() {
        return target.password() == null
                && target.properties().getProperty("password") == null
                && url.secrets().isEmpty();
    }

    private boolean isCausedBy(Class<? extends Throwable> type) {
        return cause(type) != null;
    }

    private String causeMessage() {
        Throwable refused = cause(ConnectException.class);
        return String.valueOf(refused != null ? refused.getMessage() : failure.getMessage());
    }

    private @Nullable Throwable cause(Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return cause;
            }
        }
        return null;
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
