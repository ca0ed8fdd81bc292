package io.github.dbleases.testing.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server for tests. {@link #newest()} and {@link #oldest()} are shared by all tests of a JVM: start with a
 * {@link #freshDatabase()}. What stops or restarts a server needs one of its own: {@link #privateServer(Map)}.
 *
 * <p>Where a Docker engine answers, servers are containers; elsewhere they are processes of binaries on the class path.
 * The system property {@code dbleases.test.postgres} adds a server to {@link #all()}: a version such as {@code 15}
 * that is installed where Debian does it, or the JDBC URL of a running server.
 *
 * <p>Servers do not sync to disk, as no test cuts the power. A test that kills the server's processes and counts on
 * acknowledged commits is still right: the operating system keeps what was written.
 *
 * <p>Instances are safe for use by many threads, but stop and start one from one thread at a time.
 */
public abstract class PostgresServer implements AutoCloseable {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String host;
    private final int port;
    private final String user;
    private final String password;
    private volatile boolean shared;

    PostgresServer(String host, int port, String user, String password) {
        this.host = host;
        this.port = port;
        this.user = user;
        this.password = password;
    }

    /** The shared server of the newest supported version. */
    public static PostgresServer newest() {
        return SharedServers.of(PostgresVersion.NEWEST);
    }

    /** The shared server of the oldest supported version. */
    public static PostgresServer oldest() {
        return SharedServers.of(PostgresVersion.OLDEST);
    }

    /** The shared server that the system property {@code dbleases.test.postgres} asks for. */
    public static Optional<PostgresServer> additional() {
        return SharedServers.additional();
    }

    /** Every shared server, for tests that run on each version. */
    public static List<PostgresServer> all() {
        List<PostgresServer> servers = new ArrayList<>(List.of(newest(), oldest()));
        additional().ifPresent(servers::add);
        return List.copyOf(servers);
    }

    /**
     * Starts a server of the newest version for one test, which closes it.
     *
     * @param settings as in {@code postgresql.conf}, such as {@code max_connections}
     */
    public static PostgresServer privateServer(Map<String, String> settings) {
        return privateServer(PostgresVersion.NEWEST, settings);
    }

    /** As {@link #privateServer(Map)}, of a chosen version. */
    public static PostgresServer privateServer(PostgresVersion version, Map<String, String> settings) {
        return PostgresChoice.forVersion(version, PostgresChoice.Environment.current())
                .start(settings);
    }

    /**
     * Starts a server of the newest version for one test, as {@link #privateServer(Map)} does, but from the binaries on
     * the class path even where a Docker engine answers: only such a server can have a {@link #standby()}.
     */
    public static PostgresServer privateLocalServer(Map<String, String> settings) {
        return new PostgresChoice.Embedded(PostgresVersion.NEWEST).start(settings);
    }

    public final String host() {
        return host;
    }

    /** Stays the same when the server restarts. */
    public final int port() {
        return port;
    }

    public final String user() {
        return user;
    }

    public final String password() {
        return password;
    }

    /** Opens a new connection to the database {@code postgres} for each call. */
    public final DataSource dataSource() {
        return dataSource("postgres");
    }

    final DataSource dataSource(String database) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {host});
        dataSource.setPortNumbers(new int[] {port});
        dataSource.setDatabaseName(database);
        dataSource.setUser(user);
        dataSource.setPassword(password);
        return dataSource;
    }

    /** Creates an empty database. It is dropped with the server. */
    public final PostgresDatabase freshDatabase() {
        String name = "test_%d_%d".formatted(ProcessHandle.current().pid(), DATABASES.incrementAndGet());
        execute("CREATE DATABASE " + name);
        return new PostgresDatabase(this, name);
    }

    /** Executes one statement in the database {@code postgres}. */
    public final void execute(String sql) {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot execute: " + sql, e);
        }
    }

    /** Stops the server as a crash does: every connection breaks, and the next start recovers from the log. */
    public final void stopImmediate() {
        requirePrivate();
        stop(StopMode.IMMEDIATE);
    }

    /** Stops the server as an administrator does: sessions are told, and nothing is left to recover. */
    public final void stopFast() {
        requirePrivate();
        stop(StopMode.FAST);
    }

    /** Starts the stopped server again, with the port, the settings and the data that it had. */
    public final void start() {
        requirePrivate();
        startAgain();
    }

    /**
     * Restarts the server and starts a standby, which has everything that the server has and follows it by streaming
     * replication. The caller closes it. {@code SELECT pg_promote()} promotes it.
     */
    public final PostgresServer standby() {
        requirePrivate();
        return startStandby();
    }

    /** Crashes the server and starts it again. */
    public final void restartImmediate() {
        stopImmediate();
        start();
    }

    /** Ends a private server and deletes its data; does nothing to a shared one, which lives as long as the JVM. */
    @Override
    public final void close() {
        // JUnit closes what it passes to a parameterized test, the shared servers among them.
        if (!shared) {
            remove();
        }
    }

    final void share() {
        shared = true;
    }

    private void requirePrivate() {
        if (shared) {
            throw new UnsupportedOperationException(this + " is shared: stop a privateServer instead");
        }
    }

    enum StopMode {
        IMMEDIATE,
        FAST
    }

    abstract void stop(StopMode mode);

    abstract void startAgain();

    PostgresServer startStandby() {
        throw new UnsupportedOperationException(this + " has no standby: use a privateLocalServer");
    }

    abstract void remove();

    @Override
    public String toString() {
        return "%s at %s:%d".formatted(getClass().getSimpleName(), host, port);
    }
}
