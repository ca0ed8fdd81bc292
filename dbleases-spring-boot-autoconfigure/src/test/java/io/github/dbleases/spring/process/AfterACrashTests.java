package io.github.dbleases.spring.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** What the only instance of an application does after it was killed. */
@Execution(ExecutionMode.CONCURRENT)
class AfterACrashTests {

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();

    @Test
    void theFirstRunOfAnHourlyJobIsNotLost() {
        try (ApplicationProcess first = start()) {
            first.awaitLine("run of the hourly job");
            first.kill();
        }
        try (ApplicationProcess second = start()) {
            second.awaitLine("run of the job that runs everywhere");
            second.awaitLine("run of the hourly job");

            assertThat(second.lines()).noneMatch(line -> line.contains("was skipped"));
        }
    }

    private ApplicationProcess start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.flyway.enabled=false",
                "--spring.liquibase.enabled=false",
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.user(),
                "--spring.datasource.password=" + database.password()));
        arguments.addAll(List.of(more));
        return ApplicationProcess.of(Application.class, arguments.toArray(String[]::new));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class Application {

        public static void main(String[] arguments) {
            SpringApplication application = new SpringApplication(Application.class);
            application.setWebApplicationType(WebApplicationType.NONE);
            application.run(arguments);
        }

        @Bean
        Hourly hourly() {
            return new Hourly();
        }
    }

    static class Hourly {

        @LeaderOnly("reports")
        @Scheduled(fixedRateString = "1h")
        void write() {
            System.out.println("run of the hourly job");
        }

        @Scheduled(fixedRateString = "1h")
        void everywhere() {
            System.out.println("run of the job that runs everywhere");
        }
    }
}
