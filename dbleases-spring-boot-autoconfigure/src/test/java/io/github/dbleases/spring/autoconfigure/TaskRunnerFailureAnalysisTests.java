package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.Tasker;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a real start prints when a task runner stops it. */
@ExtendWith(OutputCaptureExtension.class)
class TaskRunnerFailureAnalysisTests {

    private static final PostgresDatabase database = PostgresServer.newest().freshDatabase();

    @Test
    void aRunnerWithoutATasker(CapturedOutput output) {
        failToStart(
                Application.class, "--dbleases.runners.emails.table=outbox", "--dbleases.runners.emails.finish=delete");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Runner 'emails' has no Tasker bean")
                .contains("Define a bean of type Tasker with @Qualifier(\"emails\")");
    }

    @Test
    void aRunnerWithTwoTaskers(CapturedOutput output) {
        failToStart(
                WithTwoTaskers.class,
                "--dbleases.runners.emails.table=outbox",
                "--dbleases.runners.emails.finish=delete");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Runner 'emails' has several Tasker beans that could be its own: 'bulk', 'urgent'.")
                .contains("Give one of them @Qualifier(\"emails\") or the name 'emailsTasker'");
    }

    @Test
    void aTableThatIsNotThere(CapturedOutput output) {
        failToStart(
                WithTasker.class, "--dbleases.runners.emails.table=outbox", "--dbleases.runners.emails.finish=delete");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("outbox")
                .contains(
                        "Change the table with a migration of the application, or the properties dbleases.runners.emails.*");
    }

    @Test
    void aSettingOutsideItsLimits(CapturedOutput output) {
        failToStart(WithTasker.class, "--dbleases.runners.emails.threads=0");

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Of dbleases.runners.emails: threads is 0, but must be 1 to 10,000.");
    }

    @Test
    void aRunnerThatIsNotConfigured(CapturedOutput output) {
        failToStart(WithConsumer.class);

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("A bean asks for a TaskRunner 'emails' that is not there")
                .contains("Set dbleases.runners.emails.table");
    }

    private static void failToStart(Class<?> type, String... arguments) {
        SpringApplicationBuilder application =
                new SpringApplicationBuilder(type).web(WebApplicationType.NONE).bannerMode(Banner.Mode.OFF);
        String[] all = Stream.concat(
                        Stream.of(
                                "--spring.datasource.url=" + database.jdbcUrl(),
                                "--spring.datasource.username=" + database.user(),
                                "--spring.datasource.password=" + database.password(),
                                "--spring.flyway.enabled=false",
                                "--spring.liquibase.enabled=false"),
                        Arrays.stream(arguments))
                .toArray(String[]::new);
        assertThatThrownBy(() -> application.run(all)).isInstanceOf(Exception.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    static class WithTasker extends Application {

        @Bean
        Tasker<Long> emails() {
            return tasks -> tasks;
        }
    }

    static class WithTwoTaskers extends Application {

        @Bean
        Tasker<Long> urgent() {
            return tasks -> tasks;
        }

        @Bean
        Tasker<Long> bulk() {
            return tasks -> tasks;
        }
    }

    static class WithConsumer extends Application {

        @Bean
        String consumer(@Qualifier("emails") TaskRunner emails) {
            return emails.name();
        }
    }
}
