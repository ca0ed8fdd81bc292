package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryEvent.Cause;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Change;
import io.github.dbleases.assignment.Change.Grant;
import io.github.dbleases.assignment.Change.Move;
import io.github.dbleases.assignment.Change.Vacate;
import io.github.dbleases.assignment.Change.Withdraw;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.spi.NewEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeEventsTests {

    private static final long OWNER = 1;
    private static final long OTHER = 2;
    private static final long THIRD = 3;

    @Test
    void partitionsWithTheSameChangeBetweenTheSameSessionsAreOneEvent() {
        List<NewEvent> events = of(
                OTHER,
                Cause.BALANCED,
                new Move(owned(0), OTHER),
                new Move(owned(1), OTHER),
                new Move(owned(2), THIRD),
                new Move(owned(4), OTHER));

        assertThat(shown(events))
                .containsExactly(
                        "HAND_OVER_REQUESTED 0-1,4 of 1, from 0 to 2: BALANCED",
                        "HAND_OVER_REQUESTED 2 of 1, from 0 to 3: BALANCED");
    }

    @Test
    void whatItsOwnerGivesUpMovesAndTheRestWasOrphaned() {
        List<NewEvent> events = of(
                OWNER,
                Cause.HANDED_OVER,
                new Grant(owned(0), OTHER, 0),
                new Grant(dead(1, THIRD), OTHER, 0),
                new Grant(vacant(2), OTHER, 0));

        assertThat(shown(events))
                .containsExactly(
                        "MOVED 0 of 2, from 1 to 0: HANDED_OVER",
                        "TAKEN_OVER 1 of 2, from 3 to 0: ORPHANED",
                        "GRANTED 2 of 2, from 0 to 0: ORPHANED");
    }

    @Test
    void aJoinIsTheCauseOfWhatItLetsOthersHave() {
        assertThat(shown(of(OTHER, Cause.JOINED, new Grant(vacant(0), OTHER, 0))))
                .containsExactly("GRANTED 0 of 2, from 0 to 0: JOINED");
    }

    @Test
    void partitionsThatNoSessionCanOwnAreVacated() {
        assertThat(shown(of(OWNER, Cause.CLOSED, new Vacate(owned(3)))))
                .containsExactly("VACATED 3 of 0, from 1 to 0: CLOSED");
    }

    @Test
    void aRequestThatIsWithdrawnNamesTheSessionThatWasToReceive() {
        Partition asked = new Partition(5, OWNER, true, THIRD, 9);

        assertThat(shown(of(OTHER, Cause.BALANCED, new Withdraw(asked))))
                .containsExactly("HAND_OVER_WITHDRAWN 5 of 1, from 0 to 3: BALANCED");
    }

    @Test
    void anElectionHasALeader() {
        List<NewEvent> events = ChangeEvents.of(
                "reports", LeaseKind.LEADER, List.of(new Grant(owned(0), OTHER, 0)), OWNER, Cause.RESIGNED, null);

        assertThat(shown(events)).containsExactly("ELECTED 0 of 2, from 1 to 0: RESIGNED");
    }

    private static List<NewEvent> of(long by, Cause cause, Change... changes) {
        return ChangeEvents.of("orders", LeaseKind.PARTITIONS, List.of(changes), by, cause, null);
    }

    private static List<String> shown(List<NewEvent> events) {
        return events.stream()
                .map(event -> "%s %s of %d, from %d to %d: %s"
                        .formatted(
                                event.type(),
                                event.partitions().toRanges(),
                                event.session(),
                                event.from(),
                                event.to(),
                                event.cause()))
                .toList();
    }

    private static Partition owned(int number) {
        return new Partition(number, OWNER, true, 0, 9);
    }

    private static Partition dead(int number, long owner) {
        return new Partition(number, owner, false, 0, 9);
    }

    private static Partition vacant(int number) {
        return new Partition(number, 0, false, 0, 9);
    }

    @Test
    void eachTypeAndCauseHasItsOwnWord() {
        assertThat(HistoryEvent.Type.values())
                .allSatisfy(type ->
                        assertThat(HistoryEvent.Type.ofWord(type.word())).isEqualTo(type));
        assertThat(Cause.values())
                .allSatisfy(cause -> assertThat(Cause.ofWord(cause.word())).isEqualTo(cause));
        assertThat(HistoryEvent.Type.HAND_OVER_REQUESTED.word()).isEqualTo("hand-over-requested");
        assertThat(HistoryEvent.Type.ofWord("of-a-later-version")).isEqualTo(HistoryEvent.Type.OTHER);
        assertThat(Cause.ofWord("of-a-later-version")).isEqualTo(Cause.OTHER);
    }
}
