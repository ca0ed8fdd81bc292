package io.github.dbleases.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.Hold;
import io.github.dbleases.Leader;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FakeLeadershipTests {

    private final FakeLeadership leadership = new FakeLeadership("reports");
    private final List<String> events = new ArrayList<>();
    private final LeadershipListener listener = new LeadershipListener() {
        @Override
        public void onElected(long token) {
            events.add("elected " + token);
        }

        @Override
        public void onOusted() {
            events.add("ousted");
        }

        @Override
        public void onError(Exception error) {
            events.add("error " + error.getMessage());
        }
    };

    @Test
    void anotherInstanceLeadsUntilThisOneIsElected() {
        assertThat(leadership.isLeader()).isFalse();
        assertThat(leadership.token()).isEmpty();
        assertThat(leadership.runIfLeader(() -> events.add("ran"))).isFalse();
        assertThat(leadership.leader()).map(Leader::client).contains("another-instance");

        leadership.elect();

        assertThat(leadership.isLeader()).isTrue();
        assertThat(leadership.runIfLeader(() -> events.add("ran"))).isTrue();
        assertThat(leadership.leader()).map(Leader::client).contains("this-instance");
        assertThat(leadership.leader().orElseThrow().token())
                .isEqualTo(leadership.token().orElseThrow());
        assertThat(events).containsExactly("ran");
    }

    @Test
    void tokensGrowWithEachElectionWhicheverInstanceIsElected() {
        leadership.elect();
        long first = leadership.token().orElseThrow();
        leadership.oust();
        long others = leadership.leader().orElseThrow().token();
        leadership.elect(100);

        assertThat(others).isGreaterThan(first);
        assertThat(leadership.token()).hasValue(100);
        leadership.oust();
        assertThatThrownBy(() -> leadership.elect(7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Token 7");
        assertThat(leadership.isLeader()).isFalse();
    }

    @Test
    void aHandOverWaitsForRunningWork() {
        leadership.elect();
        leadership.runIfLeader(() -> {
            leadership.oust();
            assertThat(leadership.isLeader()).isFalse();
            assertThat(leadership.isHandedOver()).isFalse();
            assertThat(CurrentLeadership.get("reports").orElseThrow().isTrusted())
                    .isTrue();
        });

        assertThat(leadership.isHandedOver()).isTrue();
        assertThat(leadership.openHolds()).isZero();
    }

    @Test
    void aCallReturnsItsResultUnderTheToken() throws Exception {
        assertThat(leadership.callIfLeader(() -> "result")).isEmpty();
        leadership.elect();

        assertThat(leadership.callIfLeader(
                        () -> CurrentLeadership.get().orElseThrow().token()))
                .hasValue(leadership.token().orElseThrow());
        assertThatThrownBy(() -> leadership.callIfLeader(() -> {
                    throw new InterruptedException("on purpose");
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(leadership.openHolds()).isZero();
    }

    @Test
    void theTrustEndsAndReturnsWithTheSameToken() {
        leadership.elect();
        leadership.addListener(listener);
        long token = leadership.token().orElseThrow();
        Hold hold = leadership.tryHold().orElseThrow();

        leadership.suspend();
        assertThat(leadership.isLeader()).isFalse();
        assertThat(hold.isTrusted()).isFalse();
        leadership.resume();

        assertThat(leadership.token()).hasValue(token);
        assertThat(hold.isTrusted()).isTrue();
        leadership.loseSession();
        assertThat(hold.isTrusted()).isFalse();
        assertThat(events).containsExactly("elected " + token, "ousted", "elected " + token, "ousted");
    }

    @Test
    void aListenerIsNotifiedOfElectionsAndErrorsUntilItIsRemoved() {
        Registration registration = leadership.addListener(listener);
        leadership.fail(new IllegalStateException("the store is unavailable"));
        leadership.setLeader(true);
        long token = leadership.token().orElseThrow();
        leadership.setLeader(true);
        leadership.resign();
        registration.close();
        leadership.elect();
        leadership.fail(new IllegalStateException("unheard"));

        assertThat(events).containsExactly("error the store is unavailable", "elected " + token, "ousted");
    }

    @Test
    void theOutcomeIsKnownByDefault() {
        assertThat(leadership.awaitOutcome(Duration.ofDays(1))).isTrue();
        leadership.setOutcomeKnown(false);
        assertThat(leadership.awaitOutcome(Duration.ofDays(1))).isFalse();
    }

    @Test
    void anInstanceThatIsNotACandidateCannotBeElected() {
        leadership.elect();
        leadership.leave();

        assertThat(leadership.isLeader()).isFalse();
        assertThat(leadership.isLeft()).isTrue();
        assertThatThrownBy(leadership::elect).isInstanceOf(IllegalStateException.class);
    }
}
