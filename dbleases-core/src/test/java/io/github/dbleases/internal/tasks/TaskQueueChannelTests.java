package io.github.dbleases.internal.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskFailure.Verdict;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.spi.tasks.ClaimPlan;
import io.github.dbleases.spi.tasks.ClaimedTask;
import io.github.dbleases.spi.tasks.TaskChannel;
import io.github.dbleases.spi.tasks.TaskReply;
import io.github.dbleases.spi.tasks.TaskRequest;
import io.github.dbleases.testing.log.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskQueueChannelTests {

    private final List<String> calls = new ArrayList<>();
    private List<String> lost = List.of();
    private final TaskChannel<String> line = TaskRunners.channel(new TaskQueue<>() {
        @Override
        public List<String> claim(TaskClaim claim) {
            calls.add("claim " + claim.limit());
            return List.of("new");
        }

        @Override
        public List<String> finish(long session, List<String> tasks) {
            calls.add("finish " + tasks);
            return lost;
        }

        @Override
        public void release(long session, List<String> tasks) {
            calls.add("release " + tasks);
        }

        @Override
        public boolean fail(long session, TaskFailure<String> failure) {
            calls.add("fail " + failure.task());
            return "worn".equals(failure.task());
        }
    });

    @Test
    void everythingIsToldBeforeMoreIsClaimed() {
        TaskReply<String> reply = line.exchange(new TaskRequest<>(
                7,
                List.of(task("done")),
                List.of(failed("worn"), failed("bad")),
                List.of(task("left")),
                ClaimPlan.of(new TaskClaim(7, 5, 0, Place.ALONE, false))));

        assertThat(calls).containsExactly("finish [done]", "fail worn", "fail bad", "release [left]", "claim 5");
        assertThat(reply)
                .isEqualTo(new TaskReply<>(
                        List.of(task("new")), List.of(), false, List.of(), List.of(task("worn")), List.of()));
    }

    private static TaskRequest.Failed<String> failed(String task) {
        return new TaskRequest.Failed<>(
                task(task),
                new TaskFailure<>(task, task, new IllegalStateException(), Verdict.RETRY, Duration.ofSeconds(1)));
    }

    @Test
    void theTasksThatTheQueueReturnsAreLost() {
        lost = List.of("two");

        TaskReply<String> reply = line.exchange(
                new TaskRequest<>(7, List.of(task("one"), task("two"), task("three")), List.of(), List.of(), null));

        assertThat(reply.lost()).containsExactly(task("two"));
        assertThat(line.finish(7, List.of(task("one"), task("two")))).containsExactly(task("two"));
    }

    @Test
    void inATransactionALostTaskThatTheRunnerDoesNotKnowIsRefused() {
        lost = List.of("other");

        assertThatThrownBy(() -> line.finish(7, List.of(task("one"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("returned tasks that it was not asked to finish: [other]")
                .hasMessageContaining("compared by equals");
    }

    @Test
    void outsideOfATransactionALostTaskThatTheRunnerDoesNotKnowIsOnlyLogged() {
        lost = List.of("other");

        try (LogCapture log = LogCapture.of(TaskQueueChannel.class)) {
            TaskReply<String> reply =
                    line.exchange(new TaskRequest<>(7, List.of(task("one")), List.of(), List.of(), null));

            assertThat(reply.lost()).isEmpty();
            assertThat(log.lines()).singleElement().asString().contains("[other]");
        }
    }

    private static ClaimedTask<String> task(String task) {
        return new ClaimedTask<>(task, task, 0);
    }
}
