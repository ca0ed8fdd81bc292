package io.github.dbleases.spring.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.spring.FakeLeaseClient;
import io.github.dbleases.testing.log.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** For what the start of an application waits: a leader that leads, not one that has crashed. */
class StartWaitTests {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final LogCapture log = LogCapture.of(StartWait.class);
    private final Cluster client = new Cluster();

    @AfterEach
    void listenNoMore() {
        log.close();
    }

    @Test
    void itWaitsUntilThisInstanceReplacesALeaderThatHasExpired() {
        client.sees(look -> {
            if (look == 5) {
                client.leadership("reports").elect(8);
            }
            return ledBy(2, Duration.ofSeconds(-84).minusMinutes(look));
        });

        await(LONG);

        assertThat(client.looks).isEqualTo(5);
        assertThat(log.lines())
                .containsExactly(
                        "INFO Client host-2, the leader of 'reports', has not renewed its session 2, which has "
                                + "expired. The start waits for at most 120000 ms until it is marked dead, so that the first runs of "
                                + "jobs are not skipped.");
    }

    @Test
    void itWaitsForALeaderThatHasNotExpiredYetAndDoesNotRenew() {
        client.sees(look -> {
            if (look == 5) {
                client.leadership("reports").elect(8);
            }
            return ledBy(2, Duration.ofSeconds(5).minusMinutes(look));
        });

        await(LONG);

        assertThat(client.looks).isEqualTo(5);
    }

    @Test
    void itWaitsNoLongerThanUntilTheLeaderHasRenewed() {
        client.sees(look -> ledBy(2, look < 4 ? Duration.ofMinutes(-look) : Duration.ofMinutes(1)));

        await(LONG);

        assertThat(client.looks).isEqualTo(4);
    }

    @Test
    void itWaitsWhileNobodyLeadsAndWhileItCannotBeRead() {
        client.sees(look -> {
            if (look == 2) {
                throw new StoreUnavailableException("planted");
            }
            return look < 4 ? view(List.of(), 2) : ledBy(2, Duration.ofMinutes(look));
        });

        await(LONG);

        assertThat(client.looks).isEqualTo(5);
    }

    @Test
    void itGivesUpAfterItsTimeAndSaysWhatItHasWaitedFor() {
        client.sees(look -> ledBy(2, Duration.ofSeconds(-84).minusMinutes(look)));

        await(Duration.ofMillis(30));

        assertThat(log.warnings())
                .containsExactly(
                        "WARN After 30 ms the leader of 'reports', client host-2, has not renewed its session 2. The "
                                + "application starts; calls for 'reports' are skipped until a leader is elected.");
    }

    private void await(Duration atMost) {
        new StartWait(client, atMost).await(List.of(client.leadership("reports")));
    }

    private static ClusterView ledBy(long session, Duration expiresIn) {
        return view(
                List.of(new SessionView("host-" + session, session, false, 1, Instant.EPOCH, expiresIn, false)),
                session);
    }

    private static ClusterView view(List<SessionView> sessions, long leader) {
        PartitionView partition = new PartitionView(0, "host-" + leader, leader, null, 7, Instant.EPOCH);
        LeaseView election = new LeaseView("reports", LeaseKind.LEADER, List.of(), List.of(partition), true);
        return new ClusterView(sessions, new TreeMap<>(Map.of("reports", election)));
    }

    private static final class Cluster extends FakeLeaseClient {

        private IntFunction<ClusterView> views = look -> {
            throw new AssertionError("It looked " + look + " times");
        };
        private int looks;

        private void sees(IntFunction<ClusterView> views) {
            this.views = views;
        }

        @Override
        public ClusterView cluster(String lease) {
            return views.apply(++looks);
        }
    }
}
