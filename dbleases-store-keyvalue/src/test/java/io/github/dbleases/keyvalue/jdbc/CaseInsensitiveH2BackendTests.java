package io.github.dbleases.keyvalue.jdbc;

import javax.sql.DataSource;

/** A database that compares texts without regard to case, as those of MySQL and SQL Server do by default. */
class CaseInsensitiveH2BackendTests extends JdbcBackendContract {

    @Override
    DataSource database() {
        return Databases.h2(";IGNORECASE=TRUE");
    }
}
