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
 * A PostgreSQL server for tests. All tests of a JVM share {@link #newest()} and {@link #oldest()}, each with its own
 * {@link #freshDatabase()}. A test that stops or restarts a server needs a {@link #privateServer(Map)}.
 *
 * <p>If a Docker engine answers, servers are containers. Otherwise they are processes of binaries on the class path.
 * The system property {@code dbleases.test.postgres} adds a server to {@link #all()}: a version such as {@code 15} that
 * is installed where Debian installs it, or the JDBC URL of a running server.
 *
 * <p>Servers do not sync to disk, because no test cuts the power. A test that kills the server's processes can still
 * rely on acknowledged commits, because the operating system keeps what was written.
 *
 * <p>Instances can be used by many threads, but only one thread at a time may stop and start a server.
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

    /** Returns the shared server of the newest supported version. */
    public static PostgresServer newest() {
        return SharedServers.of(PostgresVersion.NEWEST);
    }

    /** Returns the shared server of the oldest supported version. */
    public static PostgresServer oldest() {
        return SharedServers.of(PostgresVersion.OLDEST);
    }

    /** Returns the shared server that the system property {@code dbleases.test.postgres} asks for. */
    public static Optional<PostgresServer> additional() {
        return SharedServers.additional();
    }

    /** Returns every shared server, for tests that run on each version. */
    public static List<PostgresServer> all() {
        List<PostgresServer> servers = new ArrayList<>(List.of(newest(), oldest()));
        additional().ifPresent(servers::add);
        return List.copyOf(servers);
    }

    /**
     * Starts a server of the newest version for one test. The test closes it.
     *
     * @param settings as in {@code postgresql.conf}, such as {@code max_connections}
     */
    public static PostgresServer privateServer(Map<String, String> settings) {
        return privateServer(PostgresVersion.NEWEST, settings);
    }

    /** Starts a server as {@link #privateServer(Map)} does, with a chosen version. */
    public static PostgresServer privateServer(PostgresVersion version, Map<String, String> settings) {
        return PostgresChoice.forVersion(version, PostgresChoice.Environment.current())
                .start(settings);
    }

    /**
     * Starts a server as {@link #privateServer(Map)} does, but from the binaries on the class path even if a Docker
     * engine answers. Only such a server can have a {@link #standby()}.
     */
    public static PostgresServer privateLocalServer(Map<String, String> settings) {
        return new PostgresChoice.Embedded(PostgresVersion.NEWEST).start(settings);
    }

    public final String host() {
        return host;
    }

    /** Returns the port, which stays the same when the server restarts. */
    public final int port() {
        return port;
    }

    public final String user() {
        return user;
    }

    public final String password() {
        return password;
    }

    /** Returns a data source that opens a new connection to the database {@code postgres} for each call. */
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

    /** Creates an empty database, which is dropped with the server. */
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

    /** Stops the server like a crash: every connection breaks, and the next start recovers from the log. */
    public final void stopImmediate() {
        requirePrivate();
        stop(StopMode.IMMEDIATE);
    }

    /** Stops the server in an orderly way: sessions are notified, and nothing needs recovery. */
    public final void stopFast() {
        requirePrivate();
        stop(StopMode.FAST);
    }

    /** Starts the stopped server again, with the same port, settings and data. */
    public final void start() {
        requirePrivate();
        startAgain();
    }

    /**
     * Restarts the server and starts a standby with the same data, which follows it by streaming replication. The
     * caller closes the standby. {@code SELECT pg_promote()} promotes it.
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

    /** Stops a private server and deletes its data. Does nothing for a shared server, which runs as long as the JVM. */
    @Override
    public final void close() {
        // JUnit closes the arguments of parameterized tests, including shared servers.
        if (!shared) {
            remove();
        }
    }

    final void share() {
        shared = true;
    }

    private void requirePrivate() {
        if (shared) {
            throw new UnsupportedOperationException(this + " is shared. Use a privateServer to stop it.");
        }
    }

    enum StopMode {
        IMMEDIATE,
        FAST
    }

    abstract void stop(StopMode mode);

    abstract void startAgain();

    PostgresServer startStandby() {
        throw new UnsupportedOperationException(this + " cannot have a standby. Use a privateLocalServer.");
    }

    abstract void remove();

    @Override
    public String toString() {
        return "%s at %s:%d".formatted(getClass().getSimpleName(), host, port);
    }
}
