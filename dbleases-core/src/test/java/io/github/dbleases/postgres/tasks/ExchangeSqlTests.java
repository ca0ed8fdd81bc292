package io.github.dbleases.postgres.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.internal.jdbc.Sql;
import io.github.dbleases.internal.jdbc.SqlParts;
import io.github.dbleases.postgres.tasks.Exchange.Kind;
import io.github.dbleases.postgres.tasks.Exchange.Start;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shows the statements of requests as a whole, in files that a reader can open. */
class ExchangeSqlTests {

    private static final ColumnTypes TYPES = new ColumnTypes("bigint", "text");

    @Test
    void aRequestThatReportsAndClaims() throws IOException {
        assertThat(sql(TaskDatabase.OUTBOX, new Kind(true, true, true, true, true, Start.FROM)))
                .isEqualTo(resource("report-and-claim.sql"));
    }

    /** The usual request of a runner that works on single tasks: it has no parts that would find nothing to do. */
    @Test
    void aRequestThatFinishesAndClaimsFreshTasks() throws IOException {
        assertThat(sql(TaskDatabase.OUTBOX, new Kind(true, false, true, false, false, Start.FROM)))
                .isEqualTo(resource("finish-and-claim.sql"));
    }

    @Test
    void aClaimInAnOrderFromATableWithADueColumnAndDeadLetters() throws IOException {
        TaskTable table = new TaskTable(
                "shop.mail",
                "id",
                "session_id",
                "status = 'new'",
                "priority desc, due_at",
                "status = 'sent'",
                new TaskTable.Failures("attempts", "error", "due_at", 5, "status = 'dead'"),
                null);

        assertThat(sql(table, new Kind(true, true, true, true, true, Start.FIRST)))
                .isEqualTo(resource("report-and-claim-ordered.sql"));
    }

    @Test
    void aRequestThatOnlyReports() throws IOException {
        TaskTable table =
                new TaskTable("job", "id", "session_id", null, null, "delete", TaskTable.Failures.UNRECORDED, null);

        assertThat(sql(table, new Kind(true, true, false, false, false, Start.FIRST)))
                .isEqualTo(resource("report.sql"));
    }

    @Test
    void aStatementNamesItsParametersInTheirOrder() {
        Sql statement = TableSql.of(
                        TaskDatabase.with("payload <> '{id}'", "payload = '{table}'"),
                        List.of(LeaseTables.defaults().session()),
                        TYPES)
                .fill("UPDATE {table} SET {finish} WHERE {id} = {?id} AND {isPending} AND {session} = {?session}");

        assertThat(statement.text())
                .isEqualTo("UPDATE \"outbox\" SET payload = '{table}' WHERE \"id\" = ? AND (payload <> '{id}')"
                        + " AND \"session_id\" = ?");
        assertThat(statement.parameters()).containsExactly("id", "session");
    }

    /** Returns a statement with the names of its parameters in the place of question marks. */
    private static String sql(TaskTable table, Kind kind) {
        SqlParts sql = TableSql.of(table, List.of(LeaseTables.defaults().session()), TYPES);
        Sql statement = new Exchange(table, sql, TYPES).statement(kind, 0);
        StringBuilder named = new StringBuilder();
        int index = 0;
        for (char c : statement.text().toCharArray()) {
            named.append(c == '?' ? ":" + statement.parameters().get(index++) : Character.toString(c));
        }
        return named.toString();
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = ExchangeSqlTests.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), UTF_8);
        }
    }
}
