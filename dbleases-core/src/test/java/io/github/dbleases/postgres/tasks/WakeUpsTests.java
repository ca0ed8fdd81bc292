package io.github.dbleases.postgres.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.TaskRunnerStatus;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Notifications of a real PostgreSQL. */
class WakeUpsTests {

    private static final String CHANNEL = "New \"emails\"";

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());
    private final Woken emails = new Woken();
    private final Woken letters = new Woken();

    @Test
    void itWakesEachRunnerOnceWhenItStartsToListen() {
        try (WakeUps wakeUps = listening()) {
            assertThat(wakeUps).isNotNull();
            assertThat(emails.count()).isEqualTo(1);
        }
    }

    @Test
    void aNotificationWakesAllRunnersOfItsChannelAndNoOthers() {
        Woken alsoEmails = new Woken();
        try (WakeUps wakeUps = WakeUps.start(
                database.dataSource(), Map.of(CHANNEL, List.of(emails, alsoEmails), "letters", List.of(letters)))) {
            await().until(() -> letters.count() == 1 && alsoEmails.count() == 1);

            notifyOf(CHANNEL, 1);

            await().until(() -> emails.count() == 2 && alsoEmails.count() == 2);
            assertThat(letters.count()).isEqualTo(1);
            assertThat(wakeUps).isNotNull();
        }
    }

    @Test
    void manyNotificationsCauseFewWakeUps() {
        try (WakeUps wakeUps = listening()) {
            notifyOf(CHANNEL, 5_000);
            await().until(() -> emails.count() >= 2);
            int afterTheFlood = emails.count();
            notifyOf("letters", 1);
            await().until(() -> letters.count() == 2);

            assertThat(afterTheFlood).isLessThan(500);
            assertThat(wakeUps).isNotNull();
        }
    }

    @Test
    void aBrokenConnectionIsReplacedAndAllRunnersAreWoken() {
        try (WakeUps wakeUps = listening()) {
            sql.column("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            await().until(() -> emails.count() == 2 && letters.count() == 2);

            notifyOf(CHANNEL, 1);
            await().until(() -> emails.count() == 3);
            assertThat(wakeUps).isNotNull();
        }
    }

    @Test
    void itStopsListeningWhenItIsClosed() {
        listening().close();

        await().until(() -> sql.number("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()")
                == 0);
        notifyOf(CHANNEL, 1);
        assertThat(emails.count()).isEqualTo(1);
    }

    private WakeUps listening() {
        WakeUps wakeUps =
                WakeUps.start(database.dataSource(), Map.of(CHANNEL, List.of(emails), "letters", List.of(letters)));
        await().until(() -> emails.count() == 1 && letters.count() == 1);
        return wakeUps;
    }

    /** Notifies in one transaction, with different payloads: the server would merge equal ones. */
    private void notifyOf(String channel, int times) {
        sql.number("SELECT count(pg_notify('%s', i::text)) FROM generate_series(1, %d) i".formatted(channel, times));
    }

    private static final class Woken implements TaskRunner {

        private final AtomicInteger woken = new AtomicInteger();

        int count() {
            return woken.get();
        }

        @Override
        public String name() {
            return "woken";
        }

        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public void wake() {
            woken.incrementAndGet();
        }

        @Override
        public boolean drain(Duration atMost) {
            return true;
        }

        @Override
        public boolean isRunning() {
            return true;
        }

        @Override
        public TaskRunnerStatus status() {
            return TaskRunnerStatus.IDLE;
        }

        @Override
        public Optional<Duration> oldestPending() {
            return Optional.empty();
        }
    }
}
