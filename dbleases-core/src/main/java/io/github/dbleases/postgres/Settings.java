package io.github.dbleases.postgres;

import io.github.dbleases.Timing;
import io.github.dbleases.internal.jdbc.SqlStatement;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL settings under which the store's statements run: no wait is longer than an attempt, and an acknowledged
 * commit survives a crash.
 *
 * <p>Behind a pooler in transaction mode, the settings must be part of each statement or transaction, because a setting of
 * the session stays with a server connection that other clients use next. Where the connection is known to lead straight
 * to the server, they are also set for the session. Only then do they limit a wait that comes before the execution of a
 * statement, for example for a table that is being altered. Otherwise each abandoned attempt would leave a waiting process
 * behind.
 */
final class Settings {

    private static final String[] NAMES = {
        "lock_timeout",
        "statement_timeout",
        "idle_in_transaction_session_timeout",
        "synchronous_commit",
        "default_transaction_isolation",
        "enable_seqscan",
        "jit"
    };

    private static final String READ = """
            SELECT current_setting('lock_timeout'), current_setting('statement_timeout'),
                current_setting('idle_in_transaction_session_timeout'), current_setting('synchronous_commit'),
                current_setting('default_transaction_isolation'), current_setting('enable_seqscan'), current_setting('jit')
            """;

    private static final String SET = """
            SELECT set_config(name, value, false) FROM unnest({?names}::text[], {?values}::text[]) AS setting (name, value)
            """;

    private static final String SYNCHRONOUS =
            "CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END";

    private final Connection jdbc;
    private final boolean autoCommit;
    private final int networkTimeout;
    private final long waitMillis;
    private final long attemptMillis;
    private String @Nullable [] found;

    private Settings(Connection jdbc, Timing timing) throws SQLException {
        this.jdbc = jdbc;
        this.autoCommit = jdbc.getAutoCommit();
        this.networkTimeout = jdbc.getNetworkTimeout();
        this.attemptMillis = timing.attemptTimeout().toMillis();
        // A little less, so that the server reports the cause before the attempt is over.
        this.waitMillis = Math.max(1, attemptMillis * 9 / 10);
    }

    /** Remembers the state of a connection, and sets what JDBC has methods for. */
    static Settings of(Connection jdbc, Timing timing) throws SQLException {
        Settings settings = new Settings(jdbc, timing);
        jdbc.setNetworkTimeout(Runnable::run, (int) settings.attemptMillis);
        if (!settings.autoCommit) {
            jdbc.setAutoCommit(true);
        }
        if (jdbc.isReadOnly()) {
            jdbc.setReadOnly(false);
        }
        return settings;
    }

    /**
     * Sets them for the session. Heartbeats use the primary key, however few sessions there are: the planner would scan a
     * small table as a whole, and with it all the old row versions that a long transaction elsewhere keeps alive. Nothing is
     * compiled: that can take longer than an attempt, and a scan that is needed nevertheless looks expensive enough for it.
     */
    void applyToSession(OpenConnection.Use use) throws SQLException {
        String[] before = SqlStatement.of(jdbc, READ).query(row -> {
            row.next();
            String[] values = new String[NAMES.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = row.getString(i + 1);
            }
            return values;
        });
        found = before;
        String wait = String.valueOf(waitMillis);
        String synchronous = before[3].equals("remote_apply") ? "remote_apply" : "on";
        String scan = use == OpenConnection.Use.HEARTBEATS ? "off" : before[5];
        set(new String[] {wait, wait, String.valueOf(attemptMillis), synchronous, "read committed", scan, "off"});
    }

    /**
     * Returns a condition for a single statement. It is true and depends on no row, so it is evaluated before the statement
     * waits for a row. Empty where the settings are set for the session.
     */
    String condition() {
        return found != null
                ? ""
                : "AND (SELECT set_config('lock_timeout', '%d', true) || set_config('synchronous_commit', %s, true)) IS NOT NULL"
                        .formatted(waitMillis, SYNCHRONOUS);
    }

    /** Returns the settings of a transaction, as columns. */
    String columns() {
        return """
            set_config('lock_timeout', '%1$d', true), set_config('statement_timeout', '%1$d', true),
            set_config('idle_in_transaction_session_timeout', '%2$d', true),
            set_config('synchronous_commit', %3$s, true)""".formatted(waitMillis, attemptMillis, SYNCHRONOUS);
    }

    /** Restores the state in which the connection was found. */
    void restore() throws SQLException {
        if (found != null) {
            set(found);
        }
        jdbc.setNetworkTimeout(Runnable::run, networkTimeout);
        if (!autoCommit) {
            jdbc.setAutoCommit(false);
        }
    }

    private void set(String[] values) throws SQLException {
        SqlStatement.of(jdbc, SET).set("names", NAMES).set("values", values).execute();
    }
}
