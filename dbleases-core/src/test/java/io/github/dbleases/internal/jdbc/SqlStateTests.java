package io.github.dbleases.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.util.PSQLState;

class SqlStateTests {

    /** The driver knows some of them too. */
    @ParameterizedTest
    @EnumSource(PSQLState.class)
    void aStateThatTheDriverKnowsUnderTheSameNameHasTheSameCode(PSQLState known) {
        for (SqlState state : SqlState.values()) {
            if (state.name().equals(known.name())) {
                assertThat(state).isEqualTo(SqlState.of(new SQLException("", known.getState())));
            }
        }
    }

    @Test
    void aStateThatIsUnknownOrMissingIsAnother() {
        assertThat(SqlState.of(new SQLException("", "XX000"))).isEqualTo(SqlState.OTHER);
        assertThat(SqlState.of(new SQLException(""))).isEqualTo(SqlState.OTHER);
        assertThat(SqlState.isOneOf(Set.of(SqlState.UNDEFINED_TABLE), new SQLException("", "42P01")))
                .isTrue();
    }

    @Test
    void aClassIsTheBeginningOfAState() {
        assertThat(SqlState.startsWith(new SQLException("", "57P01"), "08", "57P"))
                .isTrue();
        assertThat(SqlState.startsWith(new SQLException("", "57014"), "08", "57P"))
                .isFalse();
        assertThat(SqlState.startsWith(new SQLException(""), "08")).isFalse();
    }
}
