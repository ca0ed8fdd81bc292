package io.github.dbleases.postgres.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.internal.jdbc.Sql;
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
        assertThat(sql(TaskDatabase.OUTBOX, true, true, Start.FROM)).isEqualTo(resource("report-and-claim.sql"));
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

        assertThat(sql(table, true, true, Start.FIRST)).isEqualTo(resource("report-and-claim-ordered.sql"));
    }

    @Test
    void aRequestThatOnlyReports() throws IOException {
        TaskTable table =
                new TaskTable("job", "id", "session_id", null, null, "delete", TaskTable.Failures.UNRECORDED, null);

        assertThat(sql(table, true, false, Start.FIRST)).isEqualTo(resource("report.sql"));
    }

    @Test
    void aStatementNamesItsParametersInTheirOrder() {
        Sql statement = new TableSql(
                        TaskDatabase.with("payload <> '{id}'", "payload = '{table}'"),
                        List.of(LeaseTables.defaults().session()),
                        TYPES)
                .statement("UPDATE {table} SET {finish} WHERE {id} = {?id} AND {isPending} AND {session} = {?session}");

        assertThat(statement.text())
                .isEqualTo("UPDATE \"outbox\" SET payload = '{table}' WHERE \"id\" = ? AND (payload <> '{id}')"
                        + " AND \"session_id\" = ?");
        assertThat(statement.parameters()).containsExactly("id", "session");
    }

    /** Returns a statement with the names of its parameters in the place of question marks. */
    private static String sql(TaskTable table, boolean report, boolean claim, Start start) {
        TableSql sql = new TableSql(table, List.of(LeaseTables.defaults().session()), TYPES);
        Sql statement = new Exchange(table, sql, TYPES).statement(report, claim, start, 0);
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
