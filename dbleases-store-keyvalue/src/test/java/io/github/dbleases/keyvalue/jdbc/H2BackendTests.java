package io.github.dbleases.keyvalue.jdbc;

import javax.sql.DataSource;

class H2BackendTests extends JdbcBackendContract {

    @Override
    DataSource database() {
        return Databases.h2("");
    }
}
