package io.github.dbleases.spring.leader;

import static io.github.dbleases.spring.leader.Applications.application;
import static io.github.dbleases.spring.leader.Applications.leadership;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaderOnly.OnLoss;
import io.github.dbleases.spring.FakeLeadership;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A call that wants it is interrupted when the leadership is lost, and at no other time. */
class InterruptionTests {

    private final ApplicationContextRunner application = application().withBean(Job.class);

    @AfterEach
    void theThreadIsLeftAlone() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aRunningCallIsInterruptedWhenTheLeadershipIsLost() {
        application.run(context -> {
            FakeLeadership leadership = leadership(context, "job");
            leadership.elect(1);

            assertThat(context.getBean(Job.class).waitUntilInterrupted(oustingThread(leadership)))
                    .isEqualTo("interrupted, trusted: false");
            assertThat(leadership.holds()).isZero();
        });
    }

    @Test
    void anInterruptThatTheCallHasNotNoticedDoesNotReachItsCaller() {
        application.run(context -> {
            FakeLeadership leadership = leadership(context, "job");
            leadership.elect(1);

            assertThat(context.getBean(Job.class).lose(leadership)).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @Test
    void anInterruptOfSomebodyElseReachesTheCaller() {
        application.run(context -> {
            FakeLeadership leadership = leadership(context, "job");
            leadership.elect(1);

            context.getBean(Job.class).interruptItself(leadership);
            assertThat(Thread.interrupted()).isTrue();
        });
    }

    @Test
    void aCallThatHasEndedIsNotInterrupted() {
        application.run(context -> {
            FakeLeadership leadership = leadership(context, "job");
            leadership.elect(1);
            context.getBean(Job.class).run();

            leadership.oust();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @Test
    void aCallOfANewTimeIsNotInterruptedByTheEndOfAnOldOne() {
        application.run(context -> {
            FakeLeadership leadership = leadership(context, "job");
            leadership.elect(2);

            assertThat(context.getBean(Job.class).hearOfAnEarlierLoss(leadership))
                    .isFalse();
        });
    }

    @Test
    void aCallThatDoesNotWantItIsNotInterrupted() {
        application.run(context -> {
            FakeLeadership leadership = leadership(context, "job");
            leadership.elect(1);

            assertThat(context.getBean(Job.class).finish(leadership)).isFalse();
        });
    }

    private static Thread oustingThread(FakeLeadership leadership) {
        return new Thread(leadership::oust);
    }

    static class Job {

        @LeaderOnly(value = "job", onLoss = OnLoss.INTERRUPT)
        public String waitUntilInterrupted(Thread ousting) {
            ousting.start();
            try {
                new CountDownLatch(1).await();
                return "not interrupted";
            } catch (InterruptedException interrupted) {
                return "interrupted, trusted: "
                        + CurrentLeadership.get().orElseThrow().isTrusted();
            }
        }

        @LeaderOnly(value = "job", onLoss = OnLoss.INTERRUPT)
        public Boolean lose(FakeLeadership leadership) {
            leadership.oust();
            return Thread.currentThread().isInterrupted();
        }

        @LeaderOnly(value = "job", onLoss = OnLoss.INTERRUPT)
        public void interruptItself(FakeLeadership leadership) {
            Thread.currentThread().interrupt();
            leadership.oust();
        }

        @LeaderOnly(value = "job", onLoss = OnLoss.INTERRUPT)
        public void run() {}

        @LeaderOnly(value = "job", onLoss = OnLoss.INTERRUPT)
        public Boolean hearOfAnEarlierLoss(FakeLeadership leadership) {
            leadership.tellOusted();
            return Thread.currentThread().isInterrupted();
        }

        @LeaderOnly("job")
        public Boolean finish(FakeLeadership leadership) {
            leadership.oust();
            return Thread.currentThread().isInterrupted();
        }
    }
}
