package io.github.dbleases.sample.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.sample.SampleApplication;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatabaseProcessTests {

    private final Set<ProcessHandle> before = children();

    private final DatabaseProcess database =
            DatabaseProcess.start(new Terminal(System.out), new JavaCommand(SampleApplication.class));

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theServerAndItsDataAreGoneAfterClosing() throws SQLException {
        DatabaseAddress address = database.address();
        String url = "jdbc:postgresql://localhost:%d/postgres".formatted(address.port());
        try (Connection connection = DriverManager.getConnection(url, "postgres", "")) {
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThat(ProcessHandle.of(address.pid())).isPresent();

        database.close();

        assertNothingIsLeft(address);
    }

    @Test
    void theServerIsStoppedEvenIfTheProcessThatStartedItWasKilled() {
        DatabaseAddress address = database.address();
        CountDownLatch killed = new CountDownLatch(1);
        database.onEnd(code -> killed.countDown());
        Set<ProcessHandle> beside = children();
        beside.removeAll(before);
        assertThat(beside).hasSize(1).allMatch(ProcessHandle::destroyForcibly);
        await().until(() -> killed.getCount() == 0);
        assertThat(ProcessHandle.of(address.pid())).as("the server").isPresent();

        database.close();

        assertNothingIsLeft(address);
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().collect(Collectors.toCollection(HashSet::new));
    }

    private static void assertNothingIsLeft(DatabaseAddress address) {
        assertThat(ProcessHandle.of(address.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
        assertThat(address.data()).doesNotExist();
    }
}
