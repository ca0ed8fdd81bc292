package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.spring.jdbc.JdbcUrl;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The settings of dbleases. A text that is blank counts as not set.
 *
 * @param enabled Whether this instance takes part. When false, the Lease beans exist and own nothing, and no database is
 *     touched.
 * @param keepAlive Whether the JVM stays alive while this instance takes part in a lease, an election or the sharing of
 *     tasks, until the application is closed.
 * @param clientId Name of this instance, for people; two instances may have the same one. The application name, the host
 *     and the process by default, such as shop@host-1:4711.
 * @param ttl How long a session lives without a heartbeat.
 * @param heartbeat Time between two heartbeats, at most a third of the TTL. A quarter of the TTL by default.
 * @param attemptTimeout Time budget of one attempt to reach the database: connect, wait and execute. The heartbeat, twice
 *     this and the margin must fit into the TTL. A sixth of the TTL by default.
 * @param margin How long before its session may expire an instance stops trusting it. A twelfth of the TTL by default.
 * @param grace How long after a session has expired the others wait before they take over. Margin and grace together are
 *     at least a tenth of the TTL. A twelfth of the TTL by default.
 * @param debounce How long balancing waits after an instance has joined or left, so that a burst makes one plan.
 * @param drainTimeout How long a shutdown waits for listeners and holds before it leaves what is still held to expire.
 * @param weight Share of this instance in comparison with the others, 1 to 1,000.
 * @param schema Schema of the tables; with migration mode "migrate" it is created if it does not exist. The current
 *     schema of the connection by default.
 * @param tablePrefix Prefix of the names of the tables, the table of the migrations included.
 * @param connection Where to connect to
 * @param migration How the tables come to be
 * @param notifications Hints between instances
 * @param store Where leases are kept
 * @param leases Leases to take part in, by name. A name with characters other than letters, digits and '-' is written in
 *     brackets: dbleases.leases[a/b].partitions.
 * @param leaders Leader elections
 * @param tasks All task runners
 * @param runners Task runners, by name. A name with characters other than letters, digits and '-' is written in
 *     brackets: dbleases.runners[a/b].table.
 */
@ConfigurationProperties("dbleases")
public record DbLeasesProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean keepAlive,
        @Nullable String clientId,
        @DefaultValue("6s") Duration ttl,
        @Nullable Duration heartbeat,
        @Nullable Duration attemptTimeout,
        @Nullable Duration margin,
        @Nullable Duration grace,
        @DefaultValue("1s") Duration debounce,
        @DefaultValue("30s") Duration drainTimeout,
        @DefaultValue("1") int weight,
        @Nullable String schema,
        @DefaultValue("dbleases_") String tablePrefix,
        @DefaultValue Connection connection,
        @DefaultValue Migration migration,
        @DefaultValue Notifications notifications,
        @DefaultValue Store store,
        @DefaultValue Map<String, Lease> leases,
        @DefaultValue Leaders leaders,
        @DefaultValue Tasks tasks,
        @DefaultValue Map<String, Runner> runners) {

    public DbLeasesProperties {
        clientId = textOrNull(clientId);
        schema = textOrNull(schema);
        leases = Collections.unmodifiableMap(new LinkedHashMap<>(leases));
        runners = Collections.unmodifiableMap(new LinkedHashMap<>(runners));
    }

    /**
     * Returns the settings of the client.
     *
     * @param environment has the name of the application, which is part of the default client id
     * @throws io.github.dbleases.InvalidConfigurationException if they are outside their limits or contradict each other
     */
    LeaseClientConfig clientConfig(Environment environment) {
        String id = clientId != null ? clientId : defaultClientId(environment.getProperty("spring.application.name"));
        return new LeaseClientConfig(id, weight, timing(), debounce, drainTimeout, leaders.balance());
    }

    private static String defaultClientId(@Nullable String application) {
        return StringUtils.hasText(application)
                ? LeaseClientConfig.defaultClientId(application)
                : LeaseClientConfig.defaultClientId();
    }

    /**
     * Returns the times, each of which follows from the TTL unless it is set.
     *
     * @throws io.github.dbleases.InvalidConfigurationException if they are outside their limits or contradict each other
     */
    public Timing timing() {
        Timing derived = Timing.of(ttl);
        return new Timing(
                ttl,
                heartbeat != null ? heartbeat : derived.heartbeat(),
                attemptTimeout != null ? attemptTimeout : derived.attemptTimeout(),
                margin != null ? margin : derived.margin(),
                grace != null ? grace : derived.grace());
    }

    /** Returns the lease of a name for which there is a bean. */
    Lease requiredLease(String name) {
        return required(leases.get(name), "dbleases.leases." + name + ".partitions");
    }

    /** Returns the runner of a name for which there is a bean. */
    public Runner requiredRunner(String name) {
        return required(runners.get(name), "dbleases.runners." + name);
    }

    private static <T> T required(@Nullable T configured, String property) {
        if (configured == null) {
            throw new InvalidConfigurationException(
                    "%s is not set, but the application was built ahead of time with it: set it, or build the application without it."
                            .formatted(property));
        }
        return configured;
    }

    /** Returns whether a configured runner is switched on. */
    public boolean works(String runner) {
        Runner configured = runners.get(runner);
        return enabled && tasks.enabled() && configured != null && configured.enabled();
    }

    private static @Nullable String textOrNull(@Nullable String value) {
        return StringUtils.hasText(value) ? value : null;
    }

    /**
     * Where to connect to. What is not set is taken from the DataSource.
     *
     * @param url JDBC URL of dbleases' own connections, for example one that does not lead through a connection pooler.
     * @param user User of dbleases' own connections.
     * @param password Password of dbleases' own connections.
     */
    public record Connection(
            @Nullable String url,
            @Nullable String user,
            @Nullable String password) {

        public Connection {
            url = textOrNull(url);
            user = textOrNull(user);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Connection[url=%s, user=%s]".formatted(JdbcUrl.shown(url), user);
        }
    }

    /**
     * How the tables come to be.
     *
     * @param mode What to do about the tables at start.
     * @param url JDBC URL of the connections that migrate or validate. That of the other connections by default.
     * @param user User that migrates or validates. That of the other connections by default.
     * @param password Password of the user that migrates or validates.
     */
    public record Migration(
            @DefaultValue("migrate") Mode mode,
            @Nullable String url,
            @Nullable String user,
            @Nullable String password) {

        public Migration {
            url = textOrNull(url);
            user = textOrNull(user);
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Migration[mode=%s, url=%s, user=%s]".formatted(mode, JdbcUrl.shown(url), user);
        }

        /** What to do about the tables at start. */
        public enum Mode {

            /** Create or upgrade the tables; the application does not start without the database. */
            MIGRATE,

            /** Check that the tables are those of this version; without the database that is done later. */
            VALIDATE,

            /** Nothing. */
            NONE
        }
    }

    /**
     * Hints between instances.
     *
     * @param enabled Whether instances tell each other of changes with LISTEN and NOTIFY. Switch it off behind a
     *     connection pooler in transaction mode; a change is then seen at the next heartbeat.
     */
    public record Notifications(@DefaultValue("true") boolean enabled) {}

    /**
     * Where leases are kept.
     *
     * @param type What leases are kept in. All instances must agree on it.
     * @param file Documents in a directory
     * @param gcs Documents in Google Cloud Storage
     * @param jdbc Documents in a table
     */
    public record Store(
            @DefaultValue("postgres") StoreType type,
            @DefaultValue File file,
            @DefaultValue Gcs gcs,
            @DefaultValue Jdbc jdbc) {

        /**
         * Documents in a directory.
         *
         * @param directory Directory that all instances share, with the store type "file". It is created if it does not
         *     exist.
         */
        public record File(@Nullable String directory) {

            public File {
                directory = textOrNull(directory);
            }
        }

        /**
         * Documents in Google Cloud Storage.
         *
         * @param bucket Bucket that all instances share, with the store type "gcs". It must exist.
         * @param prefix Prefix of the names of the objects. Applications with different ones share nothing.
         */
        public record Gcs(
                @Nullable String bucket,
                @DefaultValue("dbleases/") String prefix) {

            public Gcs {
                bucket = textOrNull(bucket);
            }
        }

        /**
         * Documents in a table.
         *
         * @param table Name of the table, with the store type "jdbc"; with or without a schema and a dot before it.
         * @param createTable Whether the table is created if it does not exist.
         */
        public record Jdbc(
                @DefaultValue("dbleases_document") String table,
                @DefaultValue("true") boolean createTable) {}
    }

    /**
     * A lease to take part in.
     *
     * @param partitions Number of partitions, 1 to 100,000. All instances must agree on it.
     */
    public record Lease(int partitions) {}

    /**
     * Leader elections.
     *
     * @param balance Whether a leadership moves, once its work has ended, when its leader leads at least two more than
     *     another candidate. To be the same for all instances.
     * @param startWait How long the start of an application with @LeaderOnly methods waits at most until it is known
     *     who leads, so that the first runs of its jobs are not skipped. Twice the TTL by default.
     */
    public record Leaders(
            @DefaultValue("false") boolean balance,
            @Nullable Duration startWait) {}

    /**
     * All task runners.
     *
     * @param enabled Whether the task runners of this instance work. When false, the TaskRunner beans exist and claim
     *     nothing.
     */
    public record Tasks(@DefaultValue("true") boolean enabled) {}

    /**
     * A task runner. Names of tables and columns are taken as they are written, upper and lower case included; conditions and
     * assignments are SQL. A text that is blank counts as not set.
     *
     * @param enabled Whether the runner works. When false, its TaskRunner bean exists and claims nothing.
     * @param table Table of the tasks, with or without a schema and a dot before it. None if a TaskQueue bean gives the tasks.
     * @param idColumn Column that tells the tasks apart: the primary key or unique.
     * @param sessionColumn Column of type bigint, nullable, that holds the id of the session which holds the task.
     * @param pending Condition, in SQL, that holds for a task that is not finished. Not set if each row is one.
     * @param orderBy Columns, with commas between them, by which tasks are claimed. Not set if the order does not matter,
     *     which is faster.
     * @param finish What becomes of a finished task: "delete", or what is set in its row, in SQL.
     * @param tasksPerSession How many tasks this instance holds at most, 1 to 100,000.
     * @param batchSize How many tasks are handed to the tasker at once at most. The tasks per session divided by the
     *     threads by default.
     * @param interval How long the runner waits after it has found no task, within 10 %.
     * @param threads How many batches are worked on at once, 1 to 10,000. They are virtual threads with
     *     spring.threads.virtual.enabled.
     * @param transactional Whether the work of the tasker and the finish of its tasks commit together.
     * @param maxAttempts After how many failures a task is given up, which needs the attempts column; 0 for never.
     * @param giveUp What is set in the row of a task that is given up, in SQL. If not set, the row stays as it is, and is not
     *     claimed again because of its attempts.
     * @param attemptsColumn Column of a number, not null, that counts the failures of a task.
     * @param dueColumn Column of a timestamptz, not null, before whose time a task is not claimed. A failure sets it.
     * @param errorColumn Column of a text that holds the last failure of a task.
     * @param createdColumn Column of a time that tells since when a task waits, for the age of the oldest one.
     * @param retryDelay How long a task waits after its first failure, within 20 %; doubled with each further one.
     * @param maxRetryDelay How long a failed task waits at most.
     * @param taskTimeout How long a call of the tasker may take before it is reported and interrupted; 0 for no limit.
     * @param drainTimeout How long a shutdown waits for batches at work before it interrupts them.
     * @param channel Channel of PostgreSQL on which a notification wakes the runner.
     */
    public record Runner(
            @DefaultValue("true") boolean enabled,
            @Nullable String table,
            @DefaultValue("id") String idColumn,
            @DefaultValue("session_id") String sessionColumn,
            @Nullable String pending,
            @Nullable String orderBy,
            @Nullable String finish,
            @DefaultValue("100") int tasksPerSession,
            @Nullable Integer batchSize,
            @DefaultValue("1s") Duration interval,
            @DefaultValue("1") int threads,
            @DefaultValue("false") boolean transactional,
            @DefaultValue("0") int maxAttempts,
            @Nullable String giveUp,
            @Nullable String attemptsColumn,
            @Nullable String dueColumn,
            @Nullable String errorColumn,
            @Nullable String createdColumn,
            @DefaultValue("1s") Duration retryDelay,
            @DefaultValue("1m") Duration maxRetryDelay,
            @DefaultValue("0s") Duration taskTimeout,
            @DefaultValue("20s") Duration drainTimeout,
            @Nullable String channel) {

        public Runner {
            table = textOrNull(table);
            pending = textOrNull(pending);
            orderBy = textOrNull(orderBy);
            finish = textOrNull(finish);
            giveUp = textOrNull(giveUp);
            attemptsColumn = textOrNull(attemptsColumn);
            dueColumn = textOrNull(dueColumn);
            errorColumn = textOrNull(errorColumn);
            createdColumn = textOrNull(createdColumn);
            channel = textOrNull(channel);
        }
    }
}
