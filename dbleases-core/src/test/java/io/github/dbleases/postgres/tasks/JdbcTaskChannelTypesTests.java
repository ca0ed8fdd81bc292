package io.github.dbleases.postgres.tasks;

import static io.github.dbleases.postgres.tasks.TaskDatabase.claim;
import static io.github.dbleases.postgres.tasks.TaskDatabase.fail;
import static io.github.dbleases.postgres.tasks.TaskDatabase.finish;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ids of other types, and names that must be quoted, in all statements. */
class JdbcTaskChannelTypesTests {

    private final TaskDatabase database = TaskDatabase.on(PostgresServer.newest());

    @BeforeEach
    void createTable() {
        database.createOutbox(0);
        database.execute("DROP SCHEMA IF EXISTS \"The Shop\" CASCADE; CREATE SCHEMA \"The Shop\"");
        database.session(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            uuid           | i::uuid                                               | java.util.UUID
            text           | concat('key ', right(i, 2), ' it''s "one", {x} \\') | java.lang.String
            integer        | right(i, 2)::int                                      | java.lang.Integer
            smallint       | right(i, 2)::int                                      | java.lang.Integer
            numeric(10, 2) | right(i, 2)::int + 0.5                                | java.math.BigDecimal
            bytea          | decode(right(i, 2), 'hex')                            | [B
            varchar(80)    | i                                                     | java.lang.String
            char(40)       | i                                                     | java.lang.String
            """)
    void tasksAreClaimedFinishedFailedAndReleasedByKeysOfType(String type, String value, Class<?> javaType) {
        String rows =
                "(SELECT '00000000-0000-0000-0000-0000000000' || (i + 10) AS i FROM generate_series(1, 9) i) AS given";
        database.execute("""
                CREATE TABLE "The Shop"."Order ""Items"" ?" (
                    "select" %s PRIMARY KEY, payload text, "Session-Id" bigint, done boolean DEFAULT false, "a?b" int NOT NULL DEFAULT 0
                );
                INSERT INTO "The Shop"."Order ""Items"" ?" SELECT %s, 'payload' FROM %s;
                CREATE INDEX ON "The Shop"."Order ""Items"" ?" ("select") WHERE NOT done;
                """.formatted(type, value, rows));
        TaskTable table = new TaskTable(
                "The Shop.Order \"Items\" ?",
                "select",
                "Session-Id",
                "NOT done AND payload <> '{id}'",
                null,
                "done = true",
                new TaskTable.Failures("a?b", null, null, 1, null),
                null);
        JdbcTaskChannel<String> channel = database.channel(table);
        channel.check();
        List<ClaimedTask<String>> claimed = channel.exchange(claim(1, 4)).claimed();
        assertThat(claimed).hasSize(4).allSatisfy(task -> assertThat(task.id()).isInstanceOf(javaType));
        assertThat(channel.exchange(claim(1, 2)).claimed()).hasSize(2).doesNotContainAnyElementsOf(claimed);
        database.execute(
                "UPDATE \"The Shop\".\"Order \"\"Items\"\" ?\" SET \"Session-Id\" = 7 WHERE \"select\" = (SELECT min(\"select\"::text)::%s FROM \"The Shop\".\"Order \"\"Items\"\" ?\")"
                        .formatted(type));
        assertThat(channel.exchange(finish(1, claimed.subList(0, 2))).lost()).containsExactly(claimed.get(0));
        assertThat(channel.exchange(fail(1, claimed.subList(2, 3))).givenUp()).containsExactly(claimed.get(2));
        channel.releaseAllBut(1, TaskDatabase.idsOf(claimed.subList(3, 4)));
        assertThat(
                        database.query(
                                "SELECT count(*) || ' ' || count(\"Session-Id\") FROM \"The Shop\".\"Order \"\"Items\"\" ?\" WHERE NOT done"))
                .containsExactly("8 2");
    }

    /** In the last case, all ids are at the same position of their scale. */
    @ParameterizedTest
    @CsvSource({
        "bigint, i",
        "bigint, i - 500",
        "bigint, 9223372036854775807 - i",
        "integer, 2147483647 - i",
        "text, i",
        "uuid, gen_random_uuid()",
        "uuid, md5(i::text)::uuid",
        "uuid, 'lpad(i::text, 32, ''0'')::uuid'"
    })
    void sessionsThatTakeTurnsFinishEachTaskOnce(String type, String value) {
        database.execute("""
                CREATE TABLE "The Shop".job (id %s PRIMARY KEY, payload text, session_id bigint, done boolean DEFAULT false);
                CREATE INDEX ON "The Shop".job (id) WHERE NOT done;
                INSERT INTO "The Shop".job (id, payload) SELECT %s, 'job ' || i FROM generate_series(1, 300) AS i;
                """.formatted(type, value));
        TaskTable table = new TaskTable(
                "The Shop.job",
                "id",
                "session_id",
                "NOT done",
                null,
                "done = true",
                TaskTable.Failures.UNRECORDED,
                null);
        List<JdbcTaskChannel<String>> channels =
                List.of(database.channel(table), database.channel(table), database.channel(table));
        channels.subList(1, 3).forEach(channel -> database.session(channels.indexOf(channel) + 1));
        List<Object> finished = new ArrayList<>();
        int before = -1;
        while (finished.size() > before) {
            before = finished.size();
            for (int i = 0; i < channels.size(); i++) {
                TaskClaim claim = new TaskClaim(i + 1, 7, 0, new Place(i, channels.size()), false);
                List<ClaimedTask<String>> claimed =
                        channels.get(i).exchange(claim(claim)).claimed();
                assertThat(channels.get(i).exchange(finish(i + 1, claimed)).lost())
                        .isEmpty();
                claimed.forEach(task -> finished.add(task.id()));
            }
        }
        assertThat(finished).hasSize(300).doesNotHaveDuplicates();
    }

    @Test
    void aColumnCanHaveTheNameOfAPartOfTheStatement() {
        database.execute("""
                CREATE TABLE "The Shop".job (
                    id bigint PRIMARY KEY, payload text, session_id bigint, done boolean DEFAULT false, "{word}" int, "{id}" int
                );
                INSERT INTO "The Shop".job SELECT i, 'job ' || i, NULL, false, -i, 0 FROM generate_series(1, 3) AS i;
                """);
        TaskTable table = new TaskTable(
                "The Shop.job",
                "id",
                "session_id",
                "NOT done",
                "\"{word}\", \"{id}\" desc",
                "done = true",
                TaskTable.Failures.UNRECORDED,
                null);
        JdbcTaskChannel<String> channel = database.channel(table);
        channel.check();

        assertThat(channel.exchange(claim(1, 2)).claimed())
                .extracting(ClaimedTask::task)
                .containsExactly("job 3", "job 2");
    }
}
