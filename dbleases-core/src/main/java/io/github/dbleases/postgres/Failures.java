package io.github.dbleases.postgres;

import java.sql.SQLException;
import java.util.Set;

/** What the SQL states mean here. */
final class Failures {

    /** Deadlock, serialization failure. */
    private static final Set<String> CONFLICT = Set.of("40P01", "40001");

    /** No such prepared statement, it exists already (both: a pooler), its plan is outdated. */
    private static final Set<String> STALE_PLAN = Set.of("26000", "42P05", "0A000");

    private static final Set<String> MISSING_TABLE = Set.of("42P01", "3F000");

    /** No privilege, not implemented, no such function, not in this state. */
    private static final Set<String> DENIED = Set.of("42501", "0A000", "42883", "55000");

    private static final String NO_PRIVILEGE = "42501";

    /** Wrong password, no such user or not from here, no way to log in, no such database. */
    private static final Set<String> LOGIN_REFUSED = Set.of("28P01", "28000", "08004", "3D000");

    /** Lock timeout, cancelled by a timeout of the server, constraint violation: the connection is as good as before. */
    private static final Set<String> HARMLESS = Set.of("55P03", "57014", "23505", "40P01", "40001");

    private Failures() {}

    static boolean isConflict(SQLException e) {
        return has(e, CONFLICT);
    }

    static boolean isStalePlan(SQLException e) {
        return has(e, STALE_PLAN);
    }

    static boolean isMissingTable(SQLException e) {
        return has(e, MISSING_TABLE);
    }

    static boolean isDenied(SQLException e) {
        return has(e, DENIED);
    }

    static boolean isWithoutPrivilege(SQLException e) {
        return NO_PRIVILEGE.equals(e.getSQLState());
    }

    static boolean isLoginRefused(SQLException e) {
        return has(e, LOGIN_REFUSED);
    }

    static boolean leavesConnectionUsable(SQLException e) {
        return has(e, HARMLESS);
    }

    private static boolean has(SQLException e, Set<String> states) {
        return e.getSQLState() != null && states.contains(e.getSQLState());
    }
}
