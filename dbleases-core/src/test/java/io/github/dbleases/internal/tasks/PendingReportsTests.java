package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.internal.Backoff;
import io.github.dbleases.internal.tasks.PendingReports.OutgoingRequest;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PendingReportsTests {

    private static final long SESSION = 7;
    private static final long FORMER = 6;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final ClaimPlan CLAIM = ClaimPlan.of(new TaskClaim(SESSION, 5, 0, Place.ALONE, false));

    private final PendingReports<String> pending =
            new PendingReports<>(Backoff.around(Duration.ofSeconds(1), Duration.ofMinutes(1), () -> 0.5));
    private long now = Long.MAX_VALUE - 5;

    @Test
    void outcomesAreReportedInOneRequestWithTheNextClaim() {
        pending.finished(SESSION, tasks("a", "b"));
        pending.failed(SESSION, failed("c"));
        pending.released(SESSION, tasks("d"));

        OutgoingRequest<String> sent = next(CLAIM);

        assertThat(sent.request())
                .isEqualTo(new TaskRequest<>(
                        SESSION, tasks("a", "b"), sent.request().failed(), tasks("d"), CLAIM));
        assertThat(ids(sent)).containsExactly("a", "b", "c", "d");
        assertThat(next(null)).isNull();
        pending.confirmed();
        assertThat(pending.isEmpty()).isTrue();
    }

    @Test
    void theOutcomesOfAFormerSessionAreReportedFirstAndWithoutAClaim() {
        pending.finished(SESSION, tasks("a"));
        pending.finished(FORMER, tasks("b"));

        OutgoingRequest<String> first = next(CLAIM);

        assertThat(first.request().session()).isEqualTo(FORMER);
        assertThat(first.request().claim()).isNull();
        pending.confirmed();
        assertThat(ids(next(CLAIM))).containsExactly("a");
    }

    @Test
    void aRequestWithoutAReplyIsRepeatedWithoutItsClaimBeforeAnythingElse() {
        pending.finished(SESSION, tasks("a"));
        pending.unanswered(next(CLAIM), now);
        pending.finished(SESSION, tasks("b"));
        assertThat(pending.hasUnanswered(SESSION)).isTrue();
        assertThat(pending.hasUnanswered(FORMER)).isFalse();

        OutgoingRequest<String> repeated = next(CLAIM);

        assertThat(ids(repeated)).containsExactly("a");
        assertThat(repeated.request().claim()).isNull();
        assertThat(repeated.maybeDone()).isTrue();
        pending.confirmed();
        assertThat(pending.hasUnanswered(SESSION)).isFalse();
        assertThat(ids(next(CLAIM))).containsExactly("b");
    }

    @Test
    void aClaimWithoutAReplyIsNotRepeated() {
        pending.unanswered(next(CLAIM), now);

        assertThat(pending.isEmpty()).isTrue();
    }

    @Test
    void aRefusedRequestIsRepeatedWithoutItsClaim() {
        pending.finished(SESSION, tasks("a", "b"));

        assertThat(pending.refused(next(CLAIM), true, now)).isFalse();

        OutgoingRequest<String> repeated = next(CLAIM);
        assertThat(ids(repeated)).containsExactly("a", "b");
        assertThat(repeated.request().claim()).isNull();
        assertThat(repeated.maybeDone()).isFalse();
    }

    @Test
    void aRefusedClaimWithoutReportsNeedsAPause() {
        assertThat(pending.refused(next(CLAIM), true, now)).isTrue();
        assertThat(pending.isEmpty()).isTrue();
    }

    @Test
    void aRefusedRequestIsHalvedUntilTheRefusedTaskIsAlone() {
        pending.finished(SESSION, tasks("a", "b", "bad", "c", "d"));

        assertThat(reportAllBut("bad")).containsExactlyInAnyOrder("a", "b", "c", "d");

        assertThat(pending.size()).isOne();
        assertThat(pending.unacknowledgedTasks()).isOne();
    }

    @Test
    void finishesFailuresAndReleasesAreToldApartBeforeTheyAreHalved() {
        for (String bad : List.of("a", "c", "e", "f")) {
            PendingReportsTests trial = new PendingReportsTests();
            trial.pending.finished(SESSION, tasks("a", "b"));
            trial.pending.failed(SESSION, failed("c"));
            trial.pending.failed(SESSION, failed("d"));
            trial.pending.released(SESSION, tasks("e", "f"));

            assertThat(trial.reportAllBut(bad)).hasSize(5).doesNotContain(bad);
        }
    }

    /** Sends requests as long as one is due; those with a certain task are refused. Returns the tasks that are confirmed. */
    private List<Object> reportAllBut(String bad) {
        List<Object> confirmed = new ArrayList<>();
        int requests = 0;
        for (OutgoingRequest<String> sent = next(null); sent != null; sent = next(null)) {
            assertThat(++requests).isLessThan(50);
            if (ids(sent).contains(bad)) {
                pending.refused(sent, true, now);
            } else {
                confirmed.addAll(ids(sent));
                pending.confirmed();
            }
        }
        return confirmed;
    }

    @Test
    void aSingleRefusedTaskIsReportedAgainAfterADelayThatGrows() {
        pending.finished(SESSION, tasks("bad"));
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pending.refused(next(null), true, now);
            delays.add(pending.nanosUntilDue(now) / SECOND);
            assertThat(next(null)).isNull();
            now += pending.nanosUntilDue(now);
        }

        assertThat(delays).containsExactly(1L, 2L, 4L, 8L);
    }

    @Test
    void whileTheRunnerIsStoppedARefusedTaskIsReportedAgainSoon() {
        pending.finished(SESSION, tasks("bad"));
        pending.refused(next(null), true, now);

        pending.hurry(now);

        assertThat(pending.nanosUntilDue(now)).isZero();
        pending.refused(next(null), true, now);
        assertThat(pending.nanosUntilDue(now)).isEqualTo(PendingReports.HURRIED_DELAY);
    }

    @Test
    void everySixteenthRefusalInARowNeedsAPause() {
        List<Integer> pauses = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            pending.finished(SESSION, tasks("bad"));
            if (pending.refused(next(null), true, now)) {
                pauses.add(i);
            }
            if (i == 20) {
                pending.confirmed();
            }
            now += 60 * SECOND;
        }

        assertThat(pauses).containsExactly(16, 36);
    }

    @Test
    void anErrorThatIsNoRefusalMayHaveTakenEffect() {
        pending.finished(SESSION, tasks("a"));
        pending.refused(next(null), false, now);
        now += 2 * SECOND;

        assertThat(next(null).maybeDone()).isTrue();
    }

    @Test
    void aTaskThatIsClaimedAgainIsNotFreedByAnEarlierReport() {
        pending.finished(SESSION, tasks("done"));
        pending.failed(SESSION, failed("a"));
        pending.released(SESSION, tasks("b"));
        pending.unanswered(next(null), now);

        pending.claimedAgain(Set.of("a", "b", "done"));

        assertThat(ids(next(null))).containsExactly("done");
    }

    @Test
    void theTasksOfASessionAreKnownUntilTheyAreConfirmed() {
        pending.finished(SESSION, tasks("refused"));
        pending.refused(next(null), true, now);
        pending.failed(SESSION, failed("sent"));
        OutgoingRequest<String> sent = next(null);
        pending.released(SESSION, tasks("pending"));
        pending.finished(FORMER, tasks("other"));

        assertThat(known()).containsExactlyInAnyOrder("refused", "sent", "pending");
        assertThat(pending.size()).isEqualTo(4);
        assertThat(pending.isSending()).isTrue();
        pending.confirmed();
        assertThat(known()).doesNotContain("sent");
        assertThat(ids(sent)).containsExactly("sent");
    }

    @Test
    void abandoningForgetsEverythingAndCountsTheTasks() {
        pending.finished(SESSION, tasks("a", "b"));
        pending.unanswered(next(null), now);
        pending.failed(FORMER, failed("c"));

        assertThat(pending.abandon()).isEqualTo(3);

        assertThat(pending.isEmpty()).isTrue();
        assertThat(pending.nanosUntilDue(now)).isEqualTo(Long.MAX_VALUE);
    }

    private OutgoingRequest<String> next(ClaimPlan claim) {
        OutgoingRequest<String> next = pending.nextWithoutClaim(OptionalLong.of(SESSION), now);
        return next == null ? pending.next(SESSION, claim, now) : next;
    }

    private Set<Object> known() {
        Set<Object> known = new HashSet<>();
        pending.addIds(SESSION, known);
        return known;
    }

    private static List<Object> ids(OutgoingRequest<String> sent) {
        return sent.request().tasks().stream().map(ClaimedTask::id).toList();
    }

    private static List<ClaimedTask<String>> tasks(String... tasks) {
        return Arrays.stream(tasks).map(PendingReportsTests::task).toList();
    }

    private static ClaimedTask<String> task(String task) {
        return new ClaimedTask<>(task, task, 0);
    }

    private static TaskRequest.Failed<String> failed(String task) {
        return new TaskRequest.Failed<>(
                task(task),
                new TaskFailure<>(task, task, new IllegalStateException("planted"), Verdict.RETRY, Duration.ZERO));
    }
}
