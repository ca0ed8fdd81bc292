package io.github.dbleases.spring.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.Tasker;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.spring.MemoryQueue;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What stops the start before a database is asked: a runner lacks something, or has too much. */
class RefusedTaskRunnerTests {

    private final ApplicationContextRunner withoutDatabase = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TaskRunnersAutoConfiguration.class))
            .withBean("client", LeaseClient.class, FakeLeaseClient::new);

    private final ApplicationContextRunner application = withoutDatabase.withBean(
            "dataSource", DataSource.class, () -> new DriverManagerDataSource("jdbc:nowhere:"));

    private final ApplicationContextRunner table = application.withPropertyValues(
            "dbleases.runners.emails.table=outbox", "dbleases.runners.emails.finish=delete");

    record Email(long id) {}

    static class Emails implements Tasker<Email> {

        @Override
        public List<Email> perform(List<Email> tasks) {
            return tasks;
        }
    }

    private static void refused(ApplicationContextRunner refusing, String problem, String remedy) {
        refusing.run(context -> assertThat(context)
                .getFailure()
                .extracting(NestedExceptionUtils::getMostSpecificCause)
                .isInstanceOfSatisfying(InvalidConfigurationException.class, refused -> {
                    assertThat(refused).hasMessageContaining(problem);
                    assertThat(refused.remedy()).contains(remedy);
                }));
    }

    @Test
    void noTasker() {
        refused(table, "Runner 'emails' has no Tasker bean. Tasker beans found: none.", "@Qualifier(\"emails\")");
    }

    @Test
    void severalTaskersOfWhichNoneHasTheName() {
        refused(
                table.withBean("one", Emails.class).withBean("other", Emails.class),
                "several Tasker beans that could be its own: 'one', 'other'",
                "the name 'emailsTasker'");
    }

    @Test
    void aTaskerOfAnotherNameWhenThereAreSeveralRunners() {
        refused(
                table.withPropertyValues(
                                "dbleases.runners.letters.table=letters", "dbleases.runners.letters.finish=delete")
                        .withBean("letters", Emails.class),
                "Runner 'emails' has no Tasker bean. Tasker beans found: 'letters'",
                "remove the properties dbleases.runners.emails.*");
    }

    @Test
    void twoTaskersOfTheName() {
        refused(
                table.withBean("emails", Emails.class).withBean("emailsTasker", Emails.class),
                "Several beans of type Tasker belong to the runner 'emails': 'emails', 'emailsTasker'",
                "Leave only one");
    }

    @Test
    void aTaskerThatDoesNotTellOfWhatTypeItsTasksAre() {
        refused(
                table.withBean("emails", Tasker.class, () -> (Tasker<Email>) tasks -> tasks),
                "The type of the tasks of runner 'emails' cannot be read from the bean 'emails'",
                "a method with @Bean that returns Tasker<Email>");
    }

    @Test
    void tasksThatCannotBeMadeOfRows() {
        refused(
                table.withUserConfiguration(Maps.class),
                "tasks of type java.util.Map, to which rows cannot be mapped",
                "RowMapper<Map>");
    }

    @Configuration(proxyBeanMethods = false)
    static class Maps {

        @Bean
        Tasker<Map<String, Object>> emails() {
            return tasks -> tasks;
        }
    }

    @Test
    void severalRowMappersForTheType() {
        refused(
                table.withBean(Emails.class).withUserConfiguration(Mappers.class),
                "several RowMapper beans: 'one', 'other'",
                "'emailsRowMapper'");
    }

    @Configuration(proxyBeanMethods = false)
    static class Mappers {

        @Bean
        RowMapper<Email> one() {
            return (row, number) -> new Email(1);
        }

        @Bean
        RowMapper<Email> other() {
            return one();
        }
    }

    @Test
    void neitherTableNorQueue() {
        refused(
                application.withBean(Emails.class).withPropertyValues("dbleases.runners.emails.threads=2"),
                "Runner 'emails' has neither a table nor a TaskQueue bean",
                "Set dbleases.runners.emails.table");
    }

    @Test
    void aTableWithoutFinish() {
        refused(
                application.withBean(Emails.class).withPropertyValues("dbleases.runners.emails.table=outbox"),
                "no setting tells how a task is finished",
                "Set dbleases.runners.emails.finish");
    }

    @Test
    void aTableAndAQueue() {
        refused(
                table.withBean(Emails.class).withUserConfiguration(Queue.class),
                "'queue', but has settings of a table as well: dbleases.runners.emails.table, dbleases.runners.emails.finish",
                "Remove the settings, or the bean");
    }

    @Test
    void aQueueOfOtherTasks() {
        refused(
                application
                        .withUserConfiguration(Maps.class, Queue.class)
                        .withPropertyValues("dbleases.runners.emails.threads=2"),
                "TaskQueue bean 'queue', whose tasks are of type java.lang.String",
                "the same type");
    }

    @Configuration(proxyBeanMethods = false)
    static class Queue {

        @Bean
        @Qualifier("emails")
        TaskQueue<String> queue() {
            return new MemoryQueue();
        }
    }

    @Test
    void aTableBesideSessionsThatAreNotInPostgres() {
        ApplicationContextRunner emails = table.withBean(Emails.class);
        refused(
                emails.withPropertyValues("dbleases.store.type=memory"),
                "its sessions are not kept in PostgreSQL",
                "dbleases.store.type=postgres");
        refused(
                emails.withBean("store", LeaseStore.class, InMemoryLeaseStore::new),
                "its sessions are not kept in PostgreSQL",
                "TaskQueue bean");
        refused(
                withoutDatabase
                        .withBean(Emails.class)
                        .withPropertyValues(
                                "dbleases.runners.emails.table=outbox", "dbleases.runners.emails.finish=delete"),
                "its sessions are not kept in PostgreSQL",
                "with a DataSource");
    }

    @Test
    void transactionsThatAreNotThere() {
        refused(
                table.withBean(Emails.class).withPropertyValues("dbleases.runners.emails.transactional=true"),
                "PlatformTransactionManager beans found: none",
                "dbleases.runners.emails.transactional=false");
    }

    @Test
    void attemptsThatCannotBeCounted() {
        table.withBean(Emails.class)
                .withPropertyValues("dbleases.runners.emails.max-attempts=3")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidConfigurationException.class)
                        .hasMessageContaining("dbleases.runners.emails.attempts-column"));
    }
}
