package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClientState;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.StoreUnusableException;
import io.github.dbleases.Timing;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.testing.log.LogCapture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Trouble is logged when it changes, and never twice. */
class TroubleLogTests {

    private static final Timing FAST = new Timing(
            Duration.ofMillis(600),
            Duration.ofMillis(100),
            Duration.ofMillis(100),
            Duration.ofMillis(50),
            Duration.ofMillis(50));

    private final LogCapture log = LogCapture.of("io.github.dbleases.internal.client");
    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final AtomicReference<@Nullable RuntimeException> trouble = new AtomicReference<>();
    private final AtomicInteger heartbeats = new AtomicInteger();
    private final AtomicInteger transactions = new AtomicInteger();

    @AfterEach
    void stopCapture() {
        log.close();
    }

    @Test
    void aStoreThatCannotBeUsedAtStartIsReportedOnlyByTheException() {
        trouble.set(new StoreUnusableException("The database is H2.", "Use PostgreSQL."));

        assertThatThrownBy(() -> start("a")).isInstanceOf(StoreUnusableException.class);

        assertThat(logged()).isEmpty();
    }

    @Test
    void eachKindOfTroubleWithTheStoreIsLoggedOnce() {
        trouble.set(new StoreUnavailableException("It is away."));
        try (LeaseClient client = start("a")) {
            awaitMore(heartbeats);
            trouble.set(new StoreUnusableException("The tables dbleases_session do not exist.", "Create them."));
            awaitMore(heartbeats);
            trouble.set(null);
            await().until(() -> client.state() == ClientState.ACTIVE);
        }

        assertThat(logged())
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("WARN Client a cannot reach the store and keeps trying"),
                        second -> assertThat(second)
                                .startsWith("ERROR Client a cannot use the store and keeps trying: The tables"
                                        + " dbleases_session do not exist"),
                        third -> assertThat(third).isEqualTo("INFO Client a can reach the store again"));
    }

    @Test
    void explainedTroubleIsLoggedInOneLine() {
        trouble.set(new StoreUnavailableException("Nothing listens there.", "Start the database.", new Exception()));
        try (LeaseClient client = start("a")) {
            trouble.set(null);
            await().until(() -> client.state() == ClientState.ACTIVE);
        }

        assertThat(logged())
                .first()
                .isEqualTo("WARN Client a cannot reach the store and keeps trying: Nothing listens there. Start the "
                        + "database.");
    }

    @Test
    void aRepeatedlyRefusedJoinIsLoggedOnce() {
        try (LeaseClient other = LeaseClients.start(config("other"), store)) {
            other.lease("orders", 8);
            trouble.set(new StoreUnavailableException("It is away."));
            try (LeaseClient client = start("a")) {
                client.lease("orders", 9);
                log.clear();
                trouble.set(null);

                awaitMore(transactions);
            }
        }

        assertThat(logged())
                .satisfiesOnlyOnce(line -> assertThat(line)
                        .startsWith("ERROR The client cannot join lease orders and keeps trying: ")
                        .contains("8")
                        .contains("9"));
        assertThat(logged()).noneMatch(line -> line.startsWith("WARN Could not"));
    }

    @Test
    void aListenerIsToldOnceOfARepeatedlyRefusedCandidacy() {
        List<Exception> errors = new CopyOnWriteArrayList<>();
        try (LeaseClient other = LeaseClients.start(config("other"), store)) {
            other.lease("orders", 8);
            trouble.set(new StoreUnavailableException("It is away."));
            try (LeaseClient client = start("a")) {
                client.leadership("orders").addListener(new LeadershipListener() {
                    @Override
                    public void onError(Exception error) {
                        errors.add(error);
                    }
                });
                trouble.set(null);

                awaitMore(transactions);
            }
        }

        assertThat(errors).hasSize(1).first().isInstanceOf(LeaseConflictException.class);
    }

    /** Returns all lines of at least level WARN, and the one that says that the store can be reached again. */
    private List<String> logged() {
        return log.lines().stream()
                .filter(line -> !line.startsWith("INFO") || line.contains("again"))
                .toList();
    }

    private static void awaitMore(AtomicInteger calls) {
        int before = calls.get();
        await().until(() -> calls.get() >= before + 3);
    }

    private LeaseClient start(String clientId) {
        return LeaseClients.start(config(clientId), new InterposedStore(store, method -> {
            if (method.equals("transact")) {
                transactions.incrementAndGet();
            }
            if (method.equals("open") || method.equals("renew")) {
                heartbeats.incrementAndGet();
                RuntimeException failure = trouble.get();
                if (failure != null) {
                    throw failure;
                }
            }
        }));
    }

    private static LeaseClientConfig config(String clientId) {
        return LeaseClientConfig.builder()
                .clientId(clientId)
                .timing(FAST)
                .debounce(Duration.ofMillis(50))
                .drainTimeout(Duration.ofSeconds(1))
                .build();
    }
}
