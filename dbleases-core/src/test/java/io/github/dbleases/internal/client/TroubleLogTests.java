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

/** What is said of trouble: all that has changed, and nothing twice. */
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
    void listenNoMore() {
        log.close();
    }

    @Test
    void aStoreThatCannotBeUsedAtStartIsToldByTheExceptionAlone() {
        trouble.set(new StoreUnusableException("The database is H2.", "Use PostgreSQL."));

        assertThatThrownBy(() -> start("a")).isInstanceOf(StoreUnusableException.class);

        assertThat(told()).isEmpty();
    }

    @Test
    void eachKindOfTroubleWithTheStoreIsToldOnce() {
        trouble.set(new StoreUnavailableException("It is away."));
        try (LeaseClient client = start("a")) {
            awaitMore(heartbeats);
            trouble.set(new StoreUnusableException("The tables dbleases_session do not exist.", "Create them."));
            awaitMore(heartbeats);
            trouble.set(null);
            await().until(() -> client.state() == ClientState.ACTIVE);
        }

        assertThat(told())
                .satisfiesExactly(
                        first ->
                                assertThat(first).isEqualTo("WARN Client a cannot reach the store, and goes on trying"),
                        second -> assertThat(second)
                                .startsWith("ERROR Client a cannot use the store, and goes on trying: The tables"
                                        + " dbleases_session do not exist"),
                        third -> assertThat(third).isEqualTo("INFO Client a reaches the store again"));
    }

    @Test
    void troubleThatIsExplainedIsToldInOneLine() {
        trouble.set(new StoreUnavailableException("Nothing listens there.", "Start the database.", new Exception()));
        try (LeaseClient client = start("a")) {
            trouble.set(null);
            await().until(() -> client.state() == ClientState.ACTIVE);
        }

        assertThat(told())
                .first()
                .isEqualTo("WARN Client a cannot reach the store, and goes on trying: Nothing listens there. Start the "
                        + "database.");
    }

    @Test
    void aJoinThatIsRefusedAgainAndAgainIsToldOnce() {
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

        assertThat(told())
                .satisfiesOnlyOnce(line -> assertThat(line)
                        .startsWith("ERROR Cannot join lease orders, and go on trying: ")
                        .contains("8")
                        .contains("9"));
        assertThat(told()).noneMatch(line -> line.startsWith("WARN Could not"));
    }

    @Test
    void aListenerIsToldOnceOfACandidacyThatIsRefusedAgainAndAgain() {
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

    /** All of at least level WARN, and that the store is reached again. */
    private List<String> told() {
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
