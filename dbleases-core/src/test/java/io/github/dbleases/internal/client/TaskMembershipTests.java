package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What listeners to a task membership are told. */
class TaskMembershipTests {

    private final List<String> told = new ArrayList<>();
    private final TaskSessionListener listener = new TaskSessionListener() {

        @Override
        public void onChanged() {
            told.add("changed");
        }

        @Override
        public void onClosing() {
            told.add("closing");
        }
    };
    private final TaskMembership taskMembership = new TaskMembership(Runnable::run, () -> 1);

    @Test
    void aMemberThatReplacesADeadOneIsAChange() {
        taskMembership.joined(1, Set.of(1L, 2L));
        taskMembership.addListener(listener);

        taskMembership.joined(1, Set.of(1L, 2L));
        assertThat(told).isEmpty();
        taskMembership.joined(1, Set.of(1L, 3L));

        assertThat(told).containsExactly("changed");
        assertThat(taskMembership.current().place()).isEqualTo(new Place(0, 2));
    }

    @Test
    void thePlaceIsTheRankOfTheId() {
        taskMembership.joined(20, Set.of(30L, 20L, 100L, 3L));
        assertThat(taskMembership.current().place()).isEqualTo(new Place(1, 4));
    }

    @Test
    void thereIsNoPlaceOutsideOfTheSessions() {
        for (int position : new int[] {-1, 2, 3}) {
            assertThatThrownBy(() -> new Place(position, 2))
                    .hasMessage("position is %d, but must be from 0 to below sessions, which is 2", position);
        }
        assertThatThrownBy(() -> new Place(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lapsingOrReturningTrustIsAChangeForAMember() {
        taskMembership.addListener(listener);
        taskMembership.trustChanged();
        assertThat(told).isEmpty();

        taskMembership.joined(1, Set.of(1L));
        taskMembership.trustChanged();
        taskMembership.lose();
        taskMembership.lose();

        assertThat(told).containsExactly("changed", "changed", "changed");
    }

    @Test
    void closingIsReportedOnceAndAtOnceToLaterListeners() {
        taskMembership.addListener(listener);
        taskMembership.joined(1, Set.of(1L));

        taskMembership.close();
        taskMembership.close();
        taskMembership.joined(1, Set.of(1L, 2L));

        assertThat(told).containsExactly("changed", "closing");
        taskMembership.addListener(listener);
        assertThat(told).containsExactly("changed", "closing", "closing");
        assertThat(taskMembership.isAtWork()).isTrue();
    }

    @Test
    void closingIsNotReportedAfterLeaving() {
        taskMembership.addListener(listener);
        taskMembership.joined(1, Set.of(1L));

        taskMembership.leave();
        taskMembership.close();

        assertThat(told).containsExactly("changed");
        assertThat(taskMembership.isAtWork()).isFalse();
    }

    @Test
    void aClientThatNeverHadASessionIsNotAtWork() {
        taskMembership.close();

        assertThat(taskMembership.isAtWork()).isFalse();
        assertThat(taskMembership.current().place()).isEqualTo(Place.ALONE);
    }

    @Test
    void aRemovedListenerIsToldNothing() {
        taskMembership.addListener(listener).close();

        taskMembership.joined(1, Set.of(1L));

        assertThat(told).isEmpty();
    }
}
