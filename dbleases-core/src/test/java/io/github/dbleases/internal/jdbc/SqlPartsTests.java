package io.github.dbleases.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlPartsTests {

    @Test
    void partsAreInsertedAndParametersBecomeQuestionMarksInTheirOrder() {
        Sql sql = new SqlParts()
                .text("table", "\"a\".\"b\"")
                .fill("UPDATE {table} SET weight = {?weight} WHERE id = {?id} OR {?weight} = 0");

        assertThat(sql.text()).isEqualTo("UPDATE \"a\".\"b\" SET weight = ? WHERE id = ? OR ? = 0");
        assertThat(sql.parameters()).containsExactly("weight", "id", "weight");
    }

    @Test
    void aFragmentCanHavePartsAndParametersOfItsOwn() {
        Sql sql = new SqlParts()
                .text("table", "t")
                .fragment("live", "EXISTS (SELECT FROM {table} WHERE id = {?id})")
                .fill("SELECT {?first}, {live}, {?last}");

        assertThat(sql.text()).isEqualTo("SELECT ?, EXISTS (SELECT FROM t WHERE id = ?), ?");
        assertThat(sql.parameters()).containsExactly("first", "id", "last");
    }

    @Test
    void aFragmentCanBeForOneStatementOnly() {
        SqlParts parts = new SqlParts().text("table", "t").fragment("order", "id");

        assertThat(parts.fill("SELECT FROM {table} ORDER BY {order}", Map.of("order", "{?column}"))
                        .text())
                .isEqualTo("SELECT FROM t ORDER BY ?");
        assertThat(parts.fill("SELECT FROM {table} ORDER BY {order}").text()).isEqualTo("SELECT FROM t ORDER BY id");
    }

    @Test
    void aTextIsInsertedAsItIs() {
        Sql sql = new SqlParts()
                .text("table", "\"{other}$1\\{?id}\"")
                .text("other", "never")
                .fill("SELECT FROM {table}");

        assertThat(sql.text()).isEqualTo("SELECT FROM \"{other}$1\\{?id}\"");
        assertThat(sql.parameters()).isEmpty();
    }

    @Test
    void bracesThatAreNoPlaceStay() {
        assertThat(new SqlParts().fill("SELECT '{}'::text[], '{a, b}'").text())
                .isEqualTo("SELECT '{}'::text[], '{a, b}'");
    }

    @Test
    void aPartThatIsMissingIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SqlParts().fill("SELECT FROM {tabel}"))
                .withMessage("There is no part {tabel} for: SELECT FROM {tabel}");
    }
}
