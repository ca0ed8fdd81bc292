package io.github.dbleases.postgres.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dbleases.InvalidConfigurationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskTableTests {

    @Test
    void invalidNamesAreRefused() {
        refused(() -> TaskDatabase.table(" "))
                .withMessageStartingWith("table is ' ', but must be a name of 1 to 63 bytes");
        refused(() -> TaskDatabase.table(".outbox")).withMessageStartingWith("the schema in table is ''");
        refused(() -> TaskDatabase.table("x".repeat(64))).withMessageContaining("1 to 63 bytes");
        refused(() -> TaskDatabase.ordered("x".repeat(64))).withMessageStartingWith("orderBy is 'xxx");
        refused(() -> new TaskTable.Failures("", null, null, 1, null)).withMessageStartingWith("attemptsColumn is ''");
        refused(() -> new TaskTable.Failures(null, "\n", null, 0, null)).withMessageStartingWith("errorColumn is '");
        refused(() -> new LeaseTables(" ", "dbleases_")).withMessageStartingWith("schema is ' '");
        refused(() -> new LeaseTables(null, "A")).withMessageStartingWith("tablePrefix is 'A'");
    }

    @Test
    void maxAttemptsWithoutAColumnOrBelowZeroAreRefused() {
        refused(() -> new TaskTable.Failures(null, null, null, 5, null))
                .withMessage(
                        "maxAttempts is 5, but no attemptsColumn counts the attempts. Set attemptsColumn to an integer column.");
        refused(() -> new TaskTable.Failures("attempts", null, null, -1, null))
                .withMessage(
                        "maxAttempts is -1, but must be 0 (tasks are tried forever) or more. Set another maxAttempts.");
    }

    @Test
    void blankSqlAndSqlWithParametersIsRefused() {
        refused(() -> TaskDatabase.with(" ", "delete"))
                .withMessage("pending is blank. Leave it out if each row of the table is pending.");
        refused(() -> TaskDatabase.with("a ? b", "delete")).withMessageContaining("must not contain a question mark");
        refused(() -> TaskDatabase.with("true", "")).withMessageStartingWith("finish is blank");
        refused(() -> TaskDatabase.ordered("")).withMessageStartingWith("orderBy is blank");
    }

    @Test
    void aFinishThatLeavesTheTaskPendingIsRefused() {
        refused(() -> TaskDatabase.with(null, "sent_at = now()")).withMessageContaining("would be claimed again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,",
                "a b",
                "a asc desc",
                "lower(a)",
                "a; drop table b",
                "a nulls",
                "\"a",
                "a desc nulls",
                "a,,b"
            })
    void ordersOfAnythingButColumnsAreRefused(String orderBy) {
        refused(() -> TaskDatabase.ordered(orderBy))
                .withMessageStartingWith("orderBy is '" + orderBy + "', but must be columns");
    }

    @Test
    void anOrderIsParsed() {
        assertThat(TaskDatabase.ordered(" Priority DESC nulls  last,\"created, \"\"at\"\"\" asc , id")
                        .orders())
                .extracting(order -> order.sql("t."))
                .containsExactly("t.\"Priority\" DESC NULLS LAST", "t.\"created, \"\"at\"\"\" ASC", "t.\"id\"");
    }

    private static ThrowableAssertAlternative<InvalidConfigurationException> refused(ThrowingCallable call) {
        return assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(call);
    }
}
