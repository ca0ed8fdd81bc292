package io.github.dbleases.internal.jdbc;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The SQLSTATEs that dbleases distinguishes, under the names that PostgreSQL's documentation gives them. */
public enum SqlState {
    SERVER_REJECTED_CONNECTION("08004"),
    FEATURE_NOT_SUPPORTED("0A000"),
    UNIQUE_VIOLATION("23505"),
    READ_ONLY_SQL_TRANSACTION("25006"),
    INVALID_SQL_STATEMENT_NAME("26000"),
    INVALID_AUTHORIZATION_SPECIFICATION("28000"),
    INVALID_PASSWORD("28P01"),
    INVALID_CATALOG_NAME("3D000"),
    INVALID_SCHEMA_NAME("3F000"),
    SERIALIZATION_FAILURE("40001"),
    DEADLOCK_DETECTED("40P01"),
    INSUFFICIENT_PRIVILEGE("42501"),
    UNDEFINED_COLUMN("42703"),
    UNDEFINED_FUNCTION("42883"),
    UNDEFINED_TABLE("42P01"),
    DUPLICATE_PREPARED_STATEMENT("42P05"),
    INVALID_OBJECT_DEFINITION("42P17"),
    OBJECT_NOT_IN_PREREQUISITE_STATE("55000"),
    LOCK_NOT_AVAILABLE("55P03"),
    QUERY_CANCELED("57014"),

    /** Any other state, or none. */
    OTHER("");

    private static final Map<String, SqlState> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toMap(state -> state.code, Function.identity()));

    private final String code;

    SqlState(String code) {
        this.code = code;
    }

    public static SqlState of(SQLException e) {
        return BY_CODE.getOrDefault(String.valueOf(e.getSQLState()), OTHER);
    }

    public static boolean isOneOf(Set<SqlState> states, SQLException e) {
        return states.contains(of(e));
    }

    /** Returns whether the state of a failure begins with one of these prefixes, such as the two characters of its class. */
    public static boolean startsWith(SQLException e, String... prefixes) {
        String state = e.getSQLState();
        return state != null && Arrays.stream(prefixes).anyMatch(state::startsWith);
    }
}
