package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.memory.InMemoryLeaseStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What running work knows about the leadership under which it was called. */
class CurrentLeadershipTests {

    private final LeaseClient client = LeaseClients.start(LeaseClientConfig.defaults(), new InMemoryLeaseStore());
    private final Leadership reports = client.leadership("reports");
    private final Leadership mails = client.leadership("mails");

    @BeforeEach
    void awaitElections() {
        assertThat(reports.awaitOutcome(Duration.ofMinutes(1))).isTrue();
        assertThat(mails.awaitOutcome(Duration.ofMinutes(1))).isTrue();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void outsideOfACallThereIsNone() {
        assertThat(CurrentLeadership.get()).isEmpty();
        assertThat(CurrentLeadership.get("reports")).isEmpty();
    }

    @Test
    void workThatALeaderRunsKnowsItsToken() throws Exception {
        long token = reports.token().orElseThrow();

        assertThat(reports.callIfLeader(
                        () -> CurrentLeadership.get().orElseThrow().token()))
                .contains(token);
        assertThat(reports.runIfLeader(() -> assertThat(CurrentLeadership.get())
                        .hasValueSatisfying(
                                current -> assertThat(current.name()).isEqualTo("reports"))))
                .isTrue();
        assertThat(CurrentLeadership.get()).isEmpty();
    }

    @Test
    void theInnermostCallCountsAndTheOuterOnesAreFoundByName() {
        reports.runIfLeader(() -> {
            mails.runIfLeader(() -> {
                assertThat(name()).isEqualTo("mails");
                assertThat(CurrentLeadership.get("reports")).isPresent();
                assertThat(CurrentLeadership.get("others")).isEmpty();
            });
            assertThat(name()).isEqualTo("reports");
        });
        assertThat(CurrentLeadership.get()).isEmpty();
    }

    @Test
    void aThreadThatTheWorkUsesEntersItToo() {
        reports.runIfLeader(() -> {
            CurrentLeadership current = CurrentLeadership.get().orElseThrow();
            String seen = CompletableFuture.supplyAsync(() -> {
                        assertThat(CurrentLeadership.get()).isEmpty();
                        try (CurrentLeadership.Scope scope = current.enter()) {
                            return name();
                        }
                    })
                    .join();
            assertThat(seen).isEqualTo("reports");
        });
    }

    @Test
    void itIsTrustedUntilTheCallHasEnded() {
        AtomicReference<CurrentLeadership> kept = new AtomicReference<>();
        reports.runIfLeader(() -> {
            kept.set(CurrentLeadership.get().orElseThrow());
            assertThat(kept.get().isTrusted()).isTrue();
        });

        assertThat(kept.get().isTrusted()).isFalse();
    }

    @Test
    void aHoldThatIsClosedIsNotTrusted() {
        Hold hold = reports.tryHold().orElseThrow();
        assertThat(hold.isTrusted()).isTrue();

        hold.close();
        assertThat(hold.isTrusted()).isFalse();
    }

    private static String name() {
        return CurrentLeadership.get().orElseThrow().name();
    }
}
