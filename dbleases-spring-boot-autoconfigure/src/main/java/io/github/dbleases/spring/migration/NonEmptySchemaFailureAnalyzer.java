package io.github.dbleases.spring.migration;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Explains why a Flyway that is added to an application later refuses a schema in which dbleases already has its tables.
 *
 * <p>Flyway refuses every schema with tables that it does not know. Only the application can decide that this is fine, so
 * dbleases does not change it.
 */
final class NonEmptySchemaFailureAnalyzer extends AbstractFailureAnalyzer<FlywayException> implements Ordered {

    private static final String REFUSED = "no schema history table";

    /** The schemas with a history of dbleases, and the number of other tables in each. */
    private static final String SCHEMAS = """
            SELECT history.schemaname,
                   (SELECT count(*) FROM pg_catalog.pg_tables other
                    WHERE other.schemaname = history.schemaname AND NOT starts_with(other.tablename, ?))
            FROM pg_catalog.pg_tables history
            WHERE history.tablename = ?
            """;

    private final Environment environment;

    NonEmptySchemaFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, FlywayException cause) {
        String message = cause.getMessage();
        if (message == null || !message.contains(REFUSED)) {
            return null;
        }
        try (Connection connection = connect()) {
            return connection == null ? null : analyze(cause, message, connection);
        } catch (SQLException unreachable) {
            return null;
        }
    }

    /** The beans are already destroyed when a failure is analyzed, so the connection is made from the properties. */
    private @Nullable Connection connect() throws SQLException {
        String own = environment.getProperty("spring.flyway.url");
        String url = own != null ? own : environment.getProperty("spring.datasource.url");
        return url == null ? null : DriverManager.getConnection(url, credential("user"), credential("password"));
    }

    private @Nullable String credential(String name) {
        String ofFlyway = environment.getProperty("spring.flyway." + name);
        String ofDataSource = name.equals("user") ? "username" : name;
        return ofFlyway != null ? ofFlyway : environment.getProperty("spring.datasource." + ofDataSource);
    }

    private @Nullable FailureAnalysis analyze(FlywayException cause, String message, Connection connection)
            throws SQLException {
        String prefix = environment.getProperty("dbleases.table-prefix", "dbleases_");
        try (PreparedStatement statement = connection.prepareStatement(SCHEMAS)) {
            statement.setString(1, prefix);
            statement.setString(2, prefix + "schema_history");
            try (ResultSet schemas = statement.executeQuery()) {
                while (schemas.next()) {
                    String schema = schemas.getString(1);
                    if (message.contains('"' + schema + '"')) {
                        return analysis(cause, schema, prefix, schemas.getLong(2));
                    }
                }
            }
        }
        return null;
    }

    private static FailureAnalysis analysis(FlywayException cause, String schema, String prefix, long others) {
        return new FailureAnalysis(
                ("Flyway has no history in schema '%1$s' yet, and refuses to start one because the schema is not empty: "
                                + "dbleases has created its tables '%2$s...' there before. %3$s")
                        .formatted(
                                schema,
                                prefix,
                                others == 0
                                        ? "It has no other tables."
                                        : "It also has tables that don't belong to dbleases: " + others + "."),
                ("Set spring.flyway.baseline-on-migrate=true and spring.flyway.baseline-version=0 until Flyway has run once "
                                + "against each of your databases. It then begins its history below version 1 and runs all of "
                                + "your migrations. (Without the baseline version it would skip V1.) Or keep the tables of "
                                + "dbleases elsewhere: while no instance runs, drop the tables '%s...' and set "
                                + "dbleases.schema=dbleases.")
                        .formatted(prefix),
                cause);
    }

    /** Comes before analyzers that only repeat the message. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
