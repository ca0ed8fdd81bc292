package io.github.dbleases.spring.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.spring.autoconfigure.DbLeasesProperties.Migration.Mode;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;

@ExtendWith(OutputCaptureExtension.class)
class SchemaInitializerTests {

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Unreliable dataSource = new Unreliable(database.dataSource());
    private final LeaseMigrations migrations = new LeaseMigrations(dataSource, dataSource, null, "dbleases_");
    private final SchemaInitializer initializer =
            new SchemaInitializer(Mode.VALIDATE, () -> migrations, Duration.ofMillis(10));

    @AfterEach
    void stop() {
        initializer.stop();
    }

    @Test
    void tablesThatAreNotValidStopTheStart() {
        migrateAndBreak();

        assertThatThrownBy(initializer::afterPropertiesSet).isInstanceOf(StoreUnusableException.class);
    }

    @Test
    void validTablesLeaveNothingToDo() {
        migrations.migrate();

        initializer.afterPropertiesSet();
        initializer.start();

        assertThat(initializer.isRunning()).isFalse();
    }

    @Test
    void withoutTheDatabaseValidTablesAreFoundLater(CapturedOutput output) {
        migrations.migrate();
        dataSource.away = true;
        initializer.afterPropertiesSet();
        initializer.start();
        assertThat(output).contains("The tables are validated once the database answers");
        assertThat(initializer.isRunning()).isTrue();

        dataSource.away = false;

        await().untilAsserted(() -> assertThat(initializer.isRunning()).isFalse());
        assertThat(output).contains("The tables of dbleases are valid").doesNotContain("ERROR");
    }

    @Test
    void withoutTheDatabaseTablesThatAreNotValidAreFoundLater(CapturedOutput output) {
        migrateAndBreak();
        dataSource.away = true;
        initializer.afterPropertiesSet();
        initializer.start();

        dataSource.away = false;

        await().untilAsserted(() -> assertThat(initializer.isRunning()).isFalse());
        assertThat(output).contains("ERROR").contains("dbleases_schema_history").contains("dbleases.migration.mode");
    }

    @Test
    void stoppedItTriesNoMore() {
        dataSource.away = true;
        initializer.afterPropertiesSet();
        initializer.start();

        initializer.stop();

        await().untilAsserted(() -> assertThat(initializer.isRunning()).isFalse());
    }

    private void migrateAndBreak() {
        migrations.migrate();
        new Sql(database.dataSource()).execute("DROP TABLE dbleases_schema_history");
    }

    private static final class Unreliable extends DelegatingDataSource {

        private volatile boolean away;

        private Unreliable(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (away) {
                throw new SQLException("connection refused", "08001");
            }
            return super.getConnection();
        }
    }
}
