package io.github.dbleases.keyvalue.jdbc;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

class SqliteBackendTests extends JdbcBackendContract {

    @TempDir
    private Path directory;

    @Override
    DataSource database() {
        return Databases.sqlite(directory);
    }
}
