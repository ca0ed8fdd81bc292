package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.Timing;
import io.github.dbleases.WorkDeadline;
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
 * Settings of dbleases. Blank text counts as not set.
 *
 * @param enabled Whether this instance takes part. If false, the Lease beans exist and own nothing, calls of @LeaderOnly methods are skipped, and no database is accessed.
 * @param keepAlive Whether the JVM stays alive until the application is closed, while this instance takes part in a lease, an election or a task runner.
 * @param participation When this instance takes part: always, or only while the application accepts traffic.
 * @param clientId Name of this instance, for people. Two instances may have the same name. By default, the application name, the host and the process, such as shop@host-1:4711.
 * @param ttl How long a session lives without a heartbeat.
 * @param heartbeat Time between two heartbeats, at most a third of the TTL. A quarter of the TTL by default.
 * @param attemptTimeout Time budget of one attempt to reach the database, including connecting, waiting and executing. The heartbeat, twice this time and the margin must fit into the TTL. A sixth of the TTL by default.
 * @param margin How long before its session may expire an instance stops trusting it. A twelfth of the TTL by default.
 * @param grace How long the other instances wait after a session has expired before they take over. Margin and grace together must be at least a tenth of the TTL. A twelfth of the TTL by default.
 * @param debounce How long balancing waits after an instance has joined or left, so that a burst leads to one plan.
 * @param drainTimeout How long a shutdown waits for listeners and holds. Whatever is still held then is left to expire.
 * @param weight Share of this instance relative to the others, 1 to 1,000.
 * @param schema Schema of the tables. With the migration mode "migrate", it is created if it does not exist. The current schema of the connection by default.
 * @param tablePrefix Prefix of the table names, including that of the migration history.
 * @param connection Connections of dbleases
 * @param migration Migration of the tables
 * @param notifications Hints between instances
 * @param history History of the cluster
 * @param page Page that shows the cluster
 * @param store Store of the leases
 * @param leases Leases to take part in, by name. A name with characters other than letters, digits and '-' is written in brackets: dbleases.leases[a/b].partitions.
 * @param leaders Leader elections
 * @param elections Single leader elections, by name. A name with characters other than letters, digits and '-' is written in brackets: dbleases.elections[a/b].work-deadline.
 * @param tasks All task runners
 * @param runners Task runners, by name. A name with characters other than letters, digits and '-' is written in brackets: dbleases.runners[a/b].table.
 */
@ConfigurationProperties("dbleases")
public record DbLeasesProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean keepAlive,
        @DefaultValue("always") Participation participation,
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
        @DefaultValue History history,
        @DefaultValue Page page,
        @DefaultValue Store store,
        @DefaultValue Map<String, Lease> leases,
        @DefaultValue Leaders leaders,
        @DefaultValue Map<String, Election> elections,
        @DefaultValue Tasks tasks,
        @DefaultValue Map<String, Runner> runners) {

    /** When an instance takes part. */
    public enum Participation {
        ALWAYS,
        READY
    }

    public DbLeasesProperties {
        clientId = textOrNull(clientId);
        schema = textOrNull(schema);
        leases = Collections.unmodifiableMap(new LinkedHashMap<>(leases));
        elections = Collections.unmodifiableMap(new LinkedHashMap<>(elections));
        runners = Collections.unmodifiableMap(new LinkedHashMap<>(runners));
    }

    /**
     * Returns the settings of the client.
     *
     * @param environment the source of the application's name, which is part of the default client id
     * @throws io.github.dbleases.InvalidConfigurationException if they are outside their limits or contradict each other
     */
    LeaseClientConfig clientConfig(Environment environment) {
        String id = clientId != null ? clientId : defaultClientId(environment.getProperty("spring.application.name"));
        LeaseClientConfig.Builder config = LeaseClientConfig.builder()
                .clientId(id)
                .weight(weight)
                .timing(timing())
                .debounce(debounce)
                .drainTimeout(drainTimeout)
                .balanceLeaderships(leaders.balance());
        leases.forEach((name, lease) -> deadline(config, "leases", name, lease.workDeadline(), lease.onWorkDeadline()));
        elections.forEach((name, election) ->
                deadline(config, "elections", name, election.workDeadline(), election.onWorkDeadline()));
        return config.build();
    }

    private static void deadline(
            LeaseClientConfig.Builder config,
            String group,
            String name,
            @Nullable Duration limit,
            WorkDeadline.Action action) {
        if (limit == null) {
            return;
        }
        try {
            config.workDeadline(name, new WorkDeadline(limit, action));
        } catch (InvalidConfigurationException outOfRange) {
            throw new InvalidConfigurationException(
                    "The work deadline of '%s' is not valid: %s".formatted(name, outOfRange.problem()),
                    "Change or remove dbleases.%s.%s.work-deadline.".formatted(group, name));
        }
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
        Timing.Builder timing = Timing.builder(ttl);
        if (heartbeat != null) {
            timing.heartbeat(heartbeat);
        }
        if (attemptTimeout != null) {
            timing.attemptTimeout(attemptTimeout);
        }
        if (margin != null) {
            timing.margin(margin);
        }
        if (grace != null) {
            timing.grace(grace);
        }
        return timing.build();
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
                    "%s is not set, but the application was built ahead of time with it.".formatted(property),
                    "Set it, or build the application without it.");
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
     * Connections of dbleases. Parts that are not set are taken from the DataSource.
     *
     * @param url JDBC URL of dbleases' own connections, for example one that bypasses a connection pooler.
     * @param user User of dbleases' own connections.
     * @param password Password of dbleases' own connections. If a user is set and no password, none is used.
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
     * Migration of the tables.
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

            /** Create or upgrade the tables. The application does not start without the database. */
            MIGRATE,

            /** Check that the tables are those of this version. Without the database, the check is made later. */
            VALIDATE,

            /** Do nothing. */
            NONE
        }
    }

    /**
     * Hints between instances.
     *
     * @param enabled Whether instances tell each other about changes with LISTEN and NOTIFY. Disable it behind a connection pooler in transaction mode; changes are then seen at the next heartbeat.
     */
    public record Notifications(@DefaultValue("true") boolean enabled) {}

    /**
     * History of the cluster.
     *
     * @param enabled Whether what happens to sessions, leases and elections is recorded in the database.
     * @param retention How long events are kept; 0 to record none. Should be the same in all instances.
     */
    public record History(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("7d") Duration retention) {

        /** Returns how long events are kept, zero if none are recorded. */
        Duration effectiveRetention() {
            return enabled ? retention : Duration.ZERO;
        }
    }

    /**
     * Page that shows the cluster.
     *
     * @param enabled Whether the actuator has a page that shows the endpoint "leases". The endpoints "leases" and "leasespage" must be exposed.
     */
    public record Page(@DefaultValue("false") boolean enabled) {}

    /**
     * Store of the leases.
     *
     * @param type Where leases are kept. Must be the same in all instances.
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
         * @param directory Directory that all instances share, for the store type "file". It is created if it does not exist.
         */
        public record File(@Nullable String directory) {

            public File {
                directory = textOrNull(directory);
            }
        }

        /**
         * Documents in Google Cloud Storage.
         *
         * @param bucket Bucket that all instances share, for the store type "gcs". It must exist.
         * @param prefix Prefix of the object names. Applications with different prefixes share nothing.
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
         * @param table Name of the table, for the store type "jdbc", optionally with a schema and a dot before it.
         * @param createTable Whether the table is created if it does not exist.
         */
        public record Jdbc(
                @DefaultValue("dbleases_document") String table,
                @DefaultValue("true") boolean createTable) {}
    }

    /**
     * A lease to take part in.
     *
     * @param partitions Number of partitions, 1 to 100,000. Must be the same in all instances.
     * @param workDeadline How long work may hold a partition before it is reported, 1 s to 365 days. Not set for any time.
     * @param onWorkDeadline What happens when work exceeds its deadline: it is only reported, or its thread is interrupted and the partition goes to another instance when the work has ended.
     */
    public record Lease(
            int partitions,
            @Nullable Duration workDeadline,
            @DefaultValue("report") WorkDeadline.Action onWorkDeadline) {}

    /**
     * A leader election.
     *
     * @param workDeadline How long work may hold the leadership before it is reported, 1 s to 365 days. Not set for any time.
     * @param onWorkDeadline What happens when work exceeds its deadline: it is only reported, or its thread is interrupted and another candidate leads when the work has ended.
     */
    public record Election(
            @Nullable Duration workDeadline,
            @DefaultValue("report") WorkDeadline.Action onWorkDeadline) {}

    /**
     * Leader elections.
     *
     * @param balance Whether a leader is relieved, once its work has ended, if it leads at least two more elections than another candidate. Must be the same in all instances.
     * @param startWait Maximum time that the start of an application with @LeaderOnly methods waits until it is known who leads, so that the first runs of its jobs are not skipped. Twice the TTL by default.
     */
    public record Leaders(
            @DefaultValue("false") boolean balance,
            @Nullable Duration startWait) {}

    /**
     * All task runners.
     *
     * @param enabled Whether the task runners of this instance work. If false, the TaskRunner beans exist and claim nothing.
     */
    public record Tasks(@DefaultValue("true") boolean enabled) {}

    /**
     * A task runner. Names of tables and columns are taken as they are written, including upper and lower case; conditions and
     * assignments are SQL. Blank text counts as not set.
     *
     * @param enabled Whether the runner works. If false, its TaskRunner bean exists and claims nothing.
     * @param table Table of the tasks, optionally with a schema and a dot before it. Not set if a TaskQueue bean provides the tasks.
     * @param idColumn Column that identifies a task: the primary key, or unique and never null.
     * @param sessionColumn Column for the id of the session that holds the task: bigint, nullable.
     * @param pending SQL condition that holds for a task that is not finished. Not set if that is every row.
     * @param orderBy Columns, separated by commas, by which tasks are claimed. Not set if the order does not matter, which is faster.
     * @param finish What happens to a finished task: "delete", or an SQL assignment for its row.
     * @param tasksPerSession Maximum number of tasks that this instance holds, 1 to 100,000.
     * @param batchSize Maximum number of tasks in one call of the tasker. The tasks per session divided by the threads by default.
     * @param interval How long the runner waits after it has found no task, within 10 %.
     * @param threads Number of batches in flight at once, 1 to 10,000. The threads are virtual with spring.threads.virtual.enabled.
     * @param transactional Whether the work of the tasker and the finish of its tasks commit together.
     * @param maxAttempts Number of failures after which a task is given up, which requires the attempts column; 0 for never.
     * @param giveUp SQL assignment for a task that is given up. If not set, the row stays as it is, and is not claimed again because of its attempts.
     * @param attemptsColumn Column that counts the failures of a task: a number, not null.
     * @param dueColumn Column for the time before which a task is not claimed: a timestamptz, not null. A failure sets it.
     * @param errorColumn Column for the last failure of a task: a text.
     * @param createdColumn Column for the time since when a task waits. Used for the age of the oldest task.
     * @param retryDelay How long a task waits after its first failure, within 20 %. Doubled with each further failure.
     * @param maxRetryDelay Maximum time that a failed task waits.
     * @param taskTimeout How long a call of the tasker may take before it is reported and interrupted; 0 for no limit.
     * @param drainTimeout How long a shutdown waits for batches in flight before it interrupts them.
     * @param channel PostgreSQL channel on which a notification wakes the runner.
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
