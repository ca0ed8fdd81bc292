package io.github.dbleases.spring.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.InvalidTaskTableException;
import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.Tasker;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.LeaseStoreAutoConfiguration;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** Runners from nothing but properties and a tasker, on a real PostgreSQL. */
class TaskRunnersOnPostgresTests {

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());

    private final ApplicationContextRunner withoutRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    JdbcClientAutoConfiguration.class,
                    LeaseStoreAutoConfiguration.class,
                    LeaseMigrationAutoConfiguration.class,
                    DbLeasesAutoConfiguration.class,
                    TaskRunnersAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.user(),
                    "spring.datasource.password=" + database.password(),
                    "spring.datasource.hikari.maximum-pool-size=4");

    private final ApplicationContextRunner application = withoutRunner.withPropertyValues(
            "dbleases.runners.emails.table=email_outbox",
            "dbleases.runners.emails.pending=sent_at IS NULL",
            "dbleases.runners.emails.finish=sent_at = now()",
            "dbleases.runners.emails.created-column=created_at",
            "dbleases.runners.emails.interval=50ms",
            "dbleases.runners.emails.retry-delay=20ms");

    @BeforeEach
    void createTables() {
        sql.execute(
                "CREATE TYPE urgency AS ENUM ('LOW', 'HIGH')",
                """
                CREATE TABLE email_outbox (
                    id bigserial PRIMARY KEY,
                    recipient_address text NOT NULL,
                    created_at timestamptz NOT NULL DEFAULT now(),
                    due date,
                    key uuid NOT NULL DEFAULT gen_random_uuid(),
                    content jsonb NOT NULL DEFAULT '{"a": 1}',
                    urgency urgency NOT NULL DEFAULT 'HIGH',
                    attempts int NOT NULL DEFAULT 0,
                    last_error text,
                    sent_at timestamptz,
                    session_id bigint)
                """,
                "CREATE INDEX email_outbox_pending ON email_outbox (id) WHERE sent_at IS NULL",
                "CREATE TABLE sent_email (email_id bigint PRIMARY KEY, address text)");
    }

    private void insertEmails(int count) {
        sql.execute("INSERT INTO email_outbox (recipient_address) SELECT 'a' || i FROM generate_series(1, %d) i"
                .formatted(count));
    }

    private List<String> pending() {
        return sql.column("SELECT id FROM email_outbox WHERE sent_at IS NULL");
    }

    private void awaitNothingPending() {
        await().untilAsserted(() -> assertThat(pending()).isEmpty());
    }

    enum Urgency {
        LOW,
        HIGH
    }

    record Email(long id, String recipientAddress, Instant createdAt, UUID key, String content, Urgency urgency) {}

    static class Emails implements Tasker<Email> {

        final List<Email> sent = new CopyOnWriteArrayList<>();

        @Override
        public List<Email> perform(List<Email> emails) {
            sent.addAll(emails);
            return emails;
        }
    }

    @Test
    void aTaskerOfRecordsNeedsOnlyATable() {
        insertEmails(250);

        application.withBean(Emails.class).run(context -> {
            awaitNothingPending();
            TaskRunner runner = context.getBean(TaskRunner.class);
            await().untilAsserted(() -> assertThat(runner.status().completed()).isEqualTo(250));
            List<Email> sent = context.getBean(Emails.class).sent;
            assertThat(sent).extracting(Email::id).doesNotHaveDuplicates().hasSize(250);
            assertThat(sent).extracting(Email::recipientAddress).contains("a1", "a250");
            assertThat(sent).allSatisfy(email -> {
                assertThat(email.createdAt()).isBetween(Instant.now().minusSeconds(600), Instant.now());
                assertThat(email.content()).isEqualTo("{\"a\": 1}");
                assertThat(email.urgency()).isEqualTo(Urgency.HIGH);
                assertThat(email.key()).isNotNull();
            });
            assertThat(runner.oldestPending()).isEmpty();
            assertThat(runner.status().sessions()).isEqualTo(1);
            assertThat(runner.isRunning()).isTrue();
        });
        assertThat(sql.column("SELECT DISTINCT session_id FROM email_outbox")).containsOnlyNulls();
    }

    @Test
    void twoApplicationsShareTheTasksAndEachIsDoneOnce() {
        application
                .withBean(Emails.class)
                .run(one -> application.withBean(Emails.class).run(two -> {
                    await().untilAsserted(() -> assertThat(
                                    one.getBean(TaskRunner.class).status().sessions())
                            .isEqualTo(2));
                    insertEmails(400);
                    awaitNothingPending();

                    List<Email> sent = new ArrayList<>(one.getBean(Emails.class).sent);
                    sent.addAll(two.getBean(Emails.class).sent);
                    assertThat(sent)
                            .extracting(Email::id)
                            .doesNotHaveDuplicates()
                            .hasSize(400);
                }));
    }

    @Test
    void workOfATransactionalRunnerIsRolledBackWithItsTasks() {
        insertEmails(60);

        application
                .withUserConfiguration(Transactional.class)
                .withPropertyValues("dbleases.runners.emails.transactional=true")
                .run(context -> {
                    awaitNothingPending();
                    assertThat(context.getBean(Transactional.class).failed).hasSize(6);
                });
        assertThat(sql.column("SELECT count(*) FROM sent_email")).containsExactly("60");
    }

    @Test
    void askingARunnerInATransactionDoesNotCommitIt() {
        insertEmails(1);

        application
                .withBean("emailsTasker", Tasker.class, Refusing::new)
                .withPropertyValues("dbleases.runners.emails.pending=sent_at IS NULL AND id < 0")
                .run(context -> {
                    TransactionTemplate transaction =
                            new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
                    transaction.executeWithoutResult(status -> {
                        context.getBean(JdbcClient.class)
                                .sql("INSERT INTO sent_email VALUES (1, 'a')")
                                .update();
                        context.getBean(TaskRunner.class).oldestPending();
                        status.setRollbackOnly();
                    });
                });
        assertThat(sql.column("SELECT email_id FROM sent_email")).isEmpty();
    }

    @Configuration(proxyBeanMethods = false)
    static class Transactional {

        final Set<Long> failed = ConcurrentHashMap.newKeySet();

        @Bean
        Tasker<Email> emails(JdbcClient jdbc) {
            return emails -> {
                for (Email email : emails) {
                    jdbc.sql("INSERT INTO sent_email VALUES (?, ?)")
                            .params(email.id(), email.recipientAddress())
                            .update();
                    if (email.id() % 10 == 0 && failed.add(email.id())) {
                        throw new IllegalStateException("fails first: " + email);
                    }
                }
                return emails;
            };
        }
    }

    @Test
    void whatFailsEachTimeIsGivenUpWithItsError() {
        insertEmails(3);

        application
                .withBean("emailsTasker", Tasker.class, Refusing::new)
                .withPropertyValues(
                        "dbleases.runners.emails.max-attempts=2",
                        "dbleases.runners.emails.attempts-column=attempts",
                        "dbleases.runners.emails.error-column=last_error",
                        "dbleases.runners.emails.max-retry-delay=50ms")
                .run(context -> {
                    TaskRunner runner = context.getBean(TaskRunner.class);
                    await().untilAsserted(
                                    () -> assertThat(runner.status().givenUp()).isEqualTo(1));
                    await().untilAsserted(() ->
                            assertThat(runner.status().completed()).isEqualTo(2));
                });
        assertThat(sql.column("SELECT last_error FROM email_outbox WHERE attempts = 2"))
                .singleElement()
                .asString()
                .contains("number 2");
    }

    /** Its declaration as a bean does not tell of what type the tasks are, its class does. */
    static class Refusing implements Tasker<Long> {

        @Override
        public List<Long> perform(List<Long> ids) {
            if (ids.contains(2L)) {
                throw new IllegalStateException("number 2");
            }
            return ids;
        }
    }

    @Test
    void anOwnRowMapperMakesTheTasks() {
        insertEmails(2);

        application.withUserConfiguration(Mapped.class).run(context -> {
            awaitNothingPending();
            assertThat(context.getBean(Mapped.class).done).containsExactlyInAnyOrder(List.of("a1"), List.of("a2"));
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Mapped {

        final List<List<String>> done = new CopyOnWriteArrayList<>();

        @Bean
        RowMapper<CharSequence> ofAnotherType() {
            return (row, number) -> "no";
        }

        @Bean
        RowMapper<Address> addresses() {
            return (row, number) -> new Address(row.getString("recipient_address"));
        }

        @Bean
        Tasker<Address> emails() {
            Tasker<Address> target = addresses -> {
                addresses.forEach(address -> done.add(List.of(address.text())));
                return addresses;
            };
            ProxyFactory proxy = new ProxyFactory(target);
            proxy.setInterfaces(Tasker.class);
            @SuppressWarnings("unchecked")
            Tasker<Address> proxied = (Tasker<Address>) proxy.getProxy();
            return proxied;
        }
    }

    record Address(String text) {}

    @Test
    void aNotificationOnItsChannelWakesARunner() {
        application
                .withBean(Emails.class)
                .withPropertyValues(
                        "dbleases.runners.emails.interval=1h", "dbleases.runners.emails.channel=Emails \"new\"")
                .run(context -> {
                    // The first ones are found when it starts, or when it begins to listen.
                    insertEmails(1);
                    await().untilAsserted(() -> {
                        sql.execute("SELECT pg_notify('Emails \"new\"', '')");
                        assertThat(pending()).isEmpty();
                    });
                    insertEmails(1);
                    sql.execute("SELECT pg_notify('Emails \"new\"', '')");
                    awaitNothingPending();
                });
        // The server ends a connection a moment after it was closed.
        await().untilAsserted(() -> assertThat(
                        sql.column("SELECT query FROM pg_stat_activity WHERE query LIKE 'LISTEN \"Emails%'"))
                .isEmpty());
    }

    @Test
    void theMigrationsOfTheApplicationRunFirst() {
        application
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withPropertyValues(
                        "spring.flyway.locations=classpath:tasks/flyway",
                        "spring.flyway.baseline-on-migrate=true",
                        "spring.flyway.baseline-version=0",
                        "dbleases.runners.emails.table=migrated_outbox",
                        "dbleases.runners.emails.created-column=")
                .withBean("emails", Tasker.class, Migrated::new)
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> await().untilAsserted(() -> assertThat(
                                sql.column("SELECT count(*) FROM migrated_outbox WHERE sent_at IS NOT NULL"))
                        .containsExactly("1")));
    }

    static class Migrated implements Tasker<String> {

        @Override
        public List<String> perform(List<String> ids) {
            return ids;
        }
    }

    @Test
    void aRecordWithAComponentThatHasNoColumnStopsTheStart() {
        application
                .withBean("emails", Tasker.class, Misnamed::new)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidTaskTableException.class)
                        .hasMessageContaining("Table 'email_outbox' of runner 'emails' has no column for theAddress")
                        .hasMessageContaining("recipient_address")
                        .hasMessageContaining("RowMapper<WithoutColumn>"));
    }

    record WithoutColumn(long id, String theAddress) {}

    static class Misnamed implements Tasker<WithoutColumn> {

        @Override
        public List<WithoutColumn> perform(List<WithoutColumn> tasks) {
            return tasks;
        }
    }

    @Test
    void aTableThatIsNotThereStopsTheStart() {
        application
                .withBean(Emails.class)
                .withPropertyValues("dbleases.runners.emails.table=nothing")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(InvalidTaskTableException.class.getName())
                        .hasStackTraceContaining("nothing"));
    }

    @Test
    void transactionsOfAnotherDatabaseStopTheStart() {
        PostgresDatabase another = PostgresServer.newest().freshDatabase();
        application
                .withBean(Emails.class)
                .withBean(
                        "other",
                        PlatformTransactionManager.class,
                        () -> new JdbcTransactionManager(another.dataSource()))
                .withPropertyValues("dbleases.runners.emails.transactional=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(InvalidConfigurationException.class.getName())
                        .hasStackTraceContaining("the transactions of 'other'"));
    }

    /** As those of JPA do: they do not say of which DataSource they are. */
    @Test
    void transactionsThatTakeInTheConnectionOfTheTableAreEnough() {
        insertEmails(1);
        application
                .withBean(Emails.class)
                .withUserConfiguration(Wrapping.class)
                .withPropertyValues("dbleases.runners.emails.transactional=true")
                .run(context -> {
                    awaitNothingPending();
                    assertThat(context.getBean(Wrapping.Transactions.class).committed)
                            .hasPositiveValue();
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Wrapping {

        @Bean
        Transactions wrapped(DataSource dataSource) {
            return new Transactions(new JdbcTransactionManager(dataSource));
        }

        static class Transactions implements PlatformTransactionManager {

            final AtomicInteger committed = new AtomicInteger();
            private final PlatformTransactionManager target;

            Transactions(PlatformTransactionManager target) {
                this.target = target;
            }

            @Override
            public TransactionStatus getTransaction(TransactionDefinition definition) {
                return target.getTransaction(definition);
            }

            @Override
            public void commit(TransactionStatus status) {
                target.commit(status);
                committed.incrementAndGet();
            }

            @Override
            public void rollback(TransactionStatus status) {
                target.rollback(status);
            }
        }
    }

    @Test
    void theTransactionsOfTheDataSourceOfTheTableAreChosenAmongSeveral() {
        PostgresDatabase another = PostgresServer.newest().freshDatabase();
        insertEmails(1);
        application
                .withBean(Emails.class)
                .withBean(
                        "other",
                        PlatformTransactionManager.class,
                        () -> new JdbcTransactionManager(another.dataSource()))
                .withUserConfiguration(OwnTransactions.class)
                .withPropertyValues("dbleases.runners.emails.transactional=true")
                .run(context -> awaitNothingPending());
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnTransactions {

        @Bean
        JdbcTransactionManager own(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }

    @Test
    void aQueueOfSqlFunctionsReplacesTheTable() {
        sql.execute(
                "CREATE TABLE work (id int PRIMARY KEY, session_id bigint, done boolean NOT NULL DEFAULT false)",
                "INSERT INTO work SELECT i FROM generate_series(1, 300) i",
                """
                CREATE FUNCTION get_work(session bigint, most int) RETURNS SETOF int LANGUAGE plpgsql AS $$
                BEGIN
                    RETURN QUERY UPDATE work w SET session_id = session WHERE w.ctid = ANY (ARRAY(
                        SELECT p.ctid FROM work p WHERE NOT p.done AND (p.session_id IS NULL OR p.session_id NOT IN (
                            SELECT s.id FROM dbleases_session s WHERE s.state = 'live'))
                        ORDER BY p.id LIMIT most FOR UPDATE SKIP LOCKED))
                    RETURNING w.id;
                END $$
                """,
                """
                CREATE FUNCTION finish_work(session bigint, ids int[]) RETURNS SETOF int LANGUAGE sql AS $$
                    WITH finished AS (UPDATE work SET done = true, session_id = NULL
                        WHERE id = ANY (ids) AND session_id = session RETURNING id)
                    SELECT lost FROM unnest(ids) AS lost WHERE lost NOT IN (SELECT id FROM finished)
                $$
                """);

        withoutRunner
                .withUserConfiguration(Functions.class)
                .withPropertyValues(
                        "dbleases.runners.work.tasks-per-session=50",
                        "dbleases.runners.work.threads=2",
                        "dbleases.runners.work.transactional=true")
                .run(context -> {
                    await().untilAsserted(() -> assertThat(sql.column("SELECT id FROM work WHERE NOT done"))
                            .isEmpty());
                    assertThat(context.getBean(Functions.class).done).hasSize(300);
                    assertThat(context.getBean(TaskRunner.class).status().lost())
                            .isZero();
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Functions {

        final Set<Integer> done = ConcurrentHashMap.newKeySet();

        @Bean
        Tasker<Integer> workTasker() {
            return ids -> {
                ids.forEach(id -> assertThat(done.add(id)).isTrue());
                return ids;
            };
        }

        @Bean
        @Qualifier("work")
        TaskQueue<Integer> functions(JdbcClient jdbc) {
            return new FunctionQueue(jdbc);
        }
    }

    record FunctionQueue(JdbcClient jdbc) implements TaskQueue<Integer> {

        @Override
        public List<Integer> claim(TaskClaim claim) {
            return jdbc.sql("SELECT get_work(:session, :limit)")
                    .param("session", claim.session())
                    .param("limit", claim.limit())
                    .query(Integer.class)
                    .list();
        }

        @Override
        public List<Integer> finish(long session, List<Integer> tasks) {
            return jdbc.sql("SELECT * FROM finish_work(:session, :ids)")
                    .param("session", session)
                    .param("ids", tasks.toArray(new Integer[0]))
                    .query(Integer.class)
                    .list();
        }

        @Override
        public void release(long session, List<Integer> tasks) {
            jdbc.sql("UPDATE work SET session_id = NULL WHERE session_id = :session AND id = ANY (:ids)")
                    .param("session", session)
                    .param("ids", tasks.toArray(new Integer[0]))
                    .update();
        }

        @Override
        public boolean fail(long session, TaskFailure<Integer> failure) {
            release(session, List.of(failure.task()));
            return false;
        }

        @Override
        public void releaseAllBut(long session, Collection<Integer> known) {
            jdbc.sql("UPDATE work SET session_id = NULL WHERE session_id = :session AND id <> ALL (:ids)")
                    .param("session", session)
                    .param("ids", known.toArray(new Integer[0]))
                    .update();
        }
    }
}
