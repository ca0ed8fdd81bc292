package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.TaskClaim.Place;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What listeners to a sharing of tasks are told. */
class SharingTests {

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
    private final Sharing sharing = new Sharing(Runnable::run, () -> 1);

    @Test
    void anotherMemberInThePlaceOfOneThatDiedIsAChange() {
        sharing.joined(1, Set.of(1L, 2L));
        sharing.addListener(listener);

        sharing.joined(1, Set.of(1L, 2L));
        assertThat(told).isEmpty();
        sharing.joined(1, Set.of(1L, 3L));

        assertThat(told).containsExactly("changed");
        assertThat(sharing.part().place()).isEqualTo(new Place(0, 2));
    }

    @Test
    void thePlaceIsThatInTheOrderOfTheIds() {
        sharing.joined(20, Set.of(30L, 20L, 100L, 3L));
        assertThat(sharing.part().place()).isEqualTo(new Place(1, 4));
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
    void trustThatLapsesOrReturnsIsAChangeForWhoHasASession() {
        sharing.addListener(listener);
        sharing.trustChanged();
        assertThat(told).isEmpty();

        sharing.joined(1, Set.of(1L));
        sharing.trustChanged();
        sharing.lose();
        sharing.lose();

        assertThat(told).containsExactly("changed", "changed", "changed");
    }

    @Test
    void theClosingIsToldOnceAndAtOnceToWhoComesLater() {
        sharing.addListener(listener);
        sharing.joined(1, Set.of(1L));

        sharing.close();
        sharing.close();
        sharing.joined(1, Set.of(1L, 2L));

        assertThat(told).containsExactly("changed", "closing");
        sharing.addListener(listener);
        assertThat(told).containsExactly("changed", "closing", "closing");
        assertThat(sharing.isAtWork()).isTrue();
    }

    @Test
    void whoHasLeftIsNotToldOfTheClosing() {
        sharing.addListener(listener);
        sharing.joined(1, Set.of(1L));

        sharing.leave();
        sharing.close();

        assertThat(told).containsExactly("changed");
        assertThat(sharing.isAtWork()).isFalse();
    }

    @Test
    void whoNeverHadASessionIsNotAtWork() {
        sharing.close();

        assertThat(sharing.isAtWork()).isFalse();
        assertThat(sharing.part().place()).isEqualTo(Place.ALONE);
    }

    @Test
    void aListenerThatWasRemovedIsToldNothing() {
        sharing.addListener(listener).close();

        sharing.joined(1, Set.of(1L));

        assertThat(told).isEmpty();
    }
}
