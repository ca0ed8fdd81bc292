package io.github.dbleases.internal.client;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.ClusterSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Step-by-step schedules of elections. */
@Order(3)
class ElectionScenarioTests extends Scenario {

    private static final Duration YIELDED = TIMING.ttl().multipliedBy(10);

    @Test
    void theFirstCandidateLeadsAndStaysLeaderWhenOthersCome() {
        SimProcess first = candidate("reports");
        await(() -> leads(first, "reports"), SOON);
        long token = token("reports");

        List<SimProcess> others = List.of(candidate("reports"), candidate("reports"));
        settle();

        assertThat(leads(first, "reports")).isTrue();
        assertThat(others).noneMatch(other -> leads(other, "reports"));
        assertThat(token("reports")).isEqualTo(token);
    }

    @Test
    void theLeaderAfterAClosedOneHasALargerToken() {
        SimProcess first = candidate("reports");
        settle();
        long token = token("reports");
        SimProcess second = candidate("reports");
        settle();

        first.close();

        await(() -> leads(second, "reports"), SOON);
        assertThat(token("reports")).isGreaterThan(token);
    }

    @Test
    void aCrashedLeaderIsSucceededAfterItsTtlAndTheGrace() {
        SimProcess first = candidate("reports");
        settle();
        SimProcess second = candidate("reports");
        settle();

        first.environment().crash();

        await(() -> leads(second, "reports"), TAKEOVER);
    }

    @Test
    void aLeaderThatIsCutOffDoesNotLeadWhenAnotherDoes() {
        SimProcess lost = candidate("reports");
        settle();
        SimProcess other = candidate("reports");
        settle();

        lost.environment().cut(true);
        await(() -> !leads(lost, "reports"), TIMING.ttl());
        assertThat(leads(other, "reports")).isFalse();

        await(() -> leads(other, "reports"), TAKEOVER);
        lost.environment().cut(false);
        settle();
        assertThat(leads(other, "reports")).as("it stays leader").isTrue();
    }

    @Test
    void aLeaderThatResignsIsSucceededByAnother() {
        SimProcess first = candidate("reports");
        settle();
        SimProcess second = candidate("reports");
        settle();

        first.resign("reports");

        assertThat(leads(first, "reports")).as("at once").isFalse();
        await(() -> leads(second, "reports"), SOON);
        settle();
        assertThat(leads(second, "reports")).isTrue();
    }

    @Test
    void aLoneLeaderThatResignsIsElectedAgainWithALargerToken() {
        SimProcess alone = candidate("reports");
        settle();
        long token = token("reports");

        alone.resign("reports");

        assertThat(leads(alone, "reports")).isFalse();
        await(() -> leads(alone, "reports"), SOON);
        assertThat(token("reports")).isGreaterThan(token);
    }

    @Test
    void aHandOverWaitsForTheWorkOfALeaderThatHasResigned() {
        SimProcess first = candidate("reports");
        settle();
        SimProcess second = candidate("reports");
        settle();
        first.hold("reports", Duration.ofSeconds(30));

        first.resign("reports");

        cluster.run(Duration.ofSeconds(29));
        assertThat(leads(first, "reports") || leads(second, "reports")).isFalse();
        await(() -> leads(second, "reports"), SOON);
    }

    @Test
    void aCandidateThatResignedComesAfterTheOthersForAWhile() {
        SimProcess resigned = candidate("reports");
        settle();
        List<SimProcess> others = List.of(candidate("reports"), candidate("reports"));
        settle();
        resigned.resign("reports");
        await(() -> others.stream().anyMatch(other -> leads(other, "reports")), SOON);
        SimProcess leader = leader(others, "reports");

        leader.close();

        await(() -> others.stream().anyMatch(other -> other != leader && leads(other, "reports")), SOON);
    }

    @Test
    void aCandidateThatResignedLeadsAgainWhenAllOthersAreGone() {
        SimProcess resigned = candidate("reports");
        settle();
        SimProcess other = candidate("reports");
        settle();
        resigned.resign("reports");
        await(() -> leads(other, "reports"), SOON);

        other.close();

        await(() -> leads(resigned, "reports"), SOON);
    }

    @Test
    void aCandidateThatResignedLongAgoIsLikeAnyOther() {
        SimProcess first = candidate("reports");
        settle();
        SimProcess second = candidate("reports");
        settle();
        first.resign("reports");
        await(() -> leads(second, "reports"), SOON);
        cluster.run(YIELDED);

        assertThat(election("reports").members()).noneMatch(Snapshot.Member::yields);
    }

    @Test
    void leadershipsAreBalancedWhenACandidateNoLongerYieldsByTheClockOfTheDatabase() {
        LeaseClientConfig balancing =
                CONFIG.toBuilder().balanceLeaderships(true).build();
        SimProcess resigned = candidate(2, balancing);
        settle();
        SimProcess leader = candidate(2, balancing);
        await(() -> candidates("election-0") == 2 && candidates("election-1") == 2, SOON);
        resigned.resign("election-0");
        resigned.resign("election-1");
        await(() -> led(leader) == 2, SOON);
        Duration setBack = Duration.ofSeconds(13);
        database.jump(setBack.negated());

        cluster.run(YIELDED.plus(setBack).minus(SOON));
        assertThat(led(leader)).as("while the other candidate yields").isEqualTo(2);

        await(() -> led(resigned) == 1, TIMING.ttl().multipliedBy(2).plus(SOON));
        Map<String, Long> tokens = cluster.tokens();
        settle();
        assertThat(cluster.tokens()).isEqualTo(tokens);
    }

    @Test
    void leadershipsOfAClientThatLeavesAreSharedByTheOthers() {
        SimProcess all = candidate(100);
        settle();
        List<SimProcess> five = candidates(5, 100);

        all.close();
        settle();

        assertThat(five).extracting(process -> led(process)).containsOnly(20L);
    }

    @Test
    void leadershipsOfACrashedClientAreSharedByTheOthers() {
        SimProcess all = candidate(60);
        settle();
        List<SimProcess> five = candidates(5, 60);

        all.environment().crash();
        settle();

        assertThat(five).extracting(process -> led(process)).containsOnly(12L);
    }

    @Test
    void withoutBalancingLeadershipsStayWhereTheyAre() {
        SimProcess first = candidate(10);
        settle();
        SimProcess second = candidate(10);
        settle();

        assertThat(led(first)).isEqualTo(10);
        assertThat(led(second)).isZero();
    }

    @Test
    void withBalancingLeadershipsMoveToACandidateThatHasTwoFewer() {
        LeaseClientConfig balancing =
                CONFIG.toBuilder().balanceLeaderships(true).build();
        SimProcess all = candidate(100, balancing);
        settle();
        List<SimProcess> five = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            five.add(candidate(100, balancing));
        }
        settle();
        Map<String, Long> tokens = cluster.tokens();

        SimProcess sixth = candidate(100, balancing);
        settle();

        five.add(all);
        five.add(sixth);
        assertThat(five).extracting(process -> led(process)).containsOnly(14L, 15L);
        long moved = cluster.tokens().entrySet().stream()
                .filter(token -> !token.getValue().equals(tokens.get(token.getKey())))
                .count();
        assertThat(moved).as("moves").isEqualTo(led(sixth));
    }

    @Test
    void aRetiredCandidateWithARestoredMembershipDoesNotKeepOthersFromLeading() {
        SimProcess first = candidate("reports");
        settle();
        SimProcess retired = candidate("reports");
        settle();
        retired.retire();
        cluster.run(SOON);
        SimProcess other = candidate("mails");
        settle();
        other.join(LeaseSpec.leader("reports"));
        settle();
        restoreMembership(retired, "reports");

        first.close();

        await(() -> leads(other, "reports"), SOON);
    }

    @Test
    void balancingWaitsForTheWorkOfTheLeader() {
        LeaseClientConfig balancing =
                CONFIG.toBuilder().balanceLeaderships(true).build();
        SimProcess first = candidate(2, balancing);
        settle();
        first.hold("election-0", Duration.ofSeconds(40));
        first.hold("election-1", Duration.ofSeconds(40));
        SimProcess second = candidate(2, balancing);

        cluster.run(Duration.ofSeconds(39));
        assertThat(led(second)).isZero();

        settle();
        assertThat(led(second)).isEqualTo(1);
    }

    private SimProcess candidate(String election) {
        SimProcess process = cluster.start(CONFIG);
        process.join(LeaseSpec.leader(election));
        return process;
    }

    private SimProcess candidate(int elections) {
        return candidate(elections, CONFIG);
    }

    private SimProcess candidate(int elections, LeaseClientConfig config) {
        SimProcess process = cluster.start(config);
        for (int i = 0; i < elections; i++) {
            process.join(LeaseSpec.leader("election-" + i));
        }
        return process;
    }

    private List<SimProcess> candidates(int count, int elections) {
        List<SimProcess> candidates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            candidates.add(candidate(elections));
        }
        settle();
        return candidates;
    }

    private static boolean leads(SimProcess process, String election) {
        return process.view(election).contains(JoinedLeadership.PARTITION);
    }

    private static SimProcess leader(List<SimProcess> processes, String election) {
        return processes.stream()
                .filter(process -> leads(process, election))
                .findAny()
                .orElseThrow();
    }

    private long led(SimProcess process) {
        Map<Long, Long> leaderships = cluster.clusterSnapshot().leases().stream()
                .flatMap(election -> election.snapshot().partitions().stream())
                .collect(groupingBy(Snapshot.Partition::owner, counting()));
        return leaderships.getOrDefault(process.engine().currentSession(), 0L);
    }

    private Snapshot election(String name) {
        return cluster.clusterSnapshot().leases().stream()
                .map(ClusterSnapshot.Lease::snapshot)
                .filter(lease -> lease.lease().equals(name))
                .findAny()
                .orElseThrow();
    }

    private int candidates(String election) {
        return election(election).members().size();
    }

    private long token(String election) {
        return election(election).partitions().get(0).token();
    }
}
