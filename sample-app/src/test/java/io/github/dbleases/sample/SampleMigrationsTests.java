package io.github.dbleases.sample;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.dbleases.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;

class SampleMigrationsTests {

    private static final int INSTANCES = 3;

    @AutoClose("shutdownNow")
    private final ExecutorService threads = Executors.newFixedThreadPool(INSTANCES);

    @RepeatedTest(5)
    void instancesThatStartAtTheSameTimeMigrateOneAfterTheOther() throws Exception {
        DataSource dataSource = PostgresServer.newest().freshDatabase().dataSource();
        CyclicBarrier start = new CyclicBarrier(INSTANCES);
        List<Callable<Integer>> instances = new ArrayList<>();
        for (int instance = 0; instance < INSTANCES; instance++) {
            instances.add(() -> {
                Flyway flyway = Flyway.configure()
                        .dataSource(dataSource)
                        .baselineOnMigrate(true)
                        .baselineVersion("0")
                        .load();
                start.await();
                new SampleMigrations(dataSource).migrate(flyway);
                return 0;
            });
        }

        for (Future<Integer> instance : threads.invokeAll(instances)) {
            assertThatCode(instance::get).doesNotThrowAnyException();
        }
    }
}
