package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.RepeatableProperty;
import io.github.dbleases.assignment.Balancer.Scope;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.lifecycle.AfterContainer;

/** The work that {@link Scope#ORPHANS} leaves to {@link Scope#ALL}, and how {@link Assignment#complete()} shows it. */
class BalancerScopeTests {

    private static final Map<Completion, Integer> SEEN = new EnumMap<>(Completion.class);

    private enum Completion {
        COMPLETE,
        INCOMPLETE
    }

    @RepeatableProperty
    void assigningOrphansMovesNothing(@ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Snapshot planned = Effects.written(lease, Balancer.assign(lease, Scope.ORPHANS));

        assertThat(Effects.holders(planned)).containsAllEntriesOf(Effects.holders(lease));
    }

    @RepeatableProperty
    void assigningOrphansRequestsNoFurtherHandOver(@ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Set<Long> members = Effects.sessions(lease);

        assertThat(Balancer.assign(lease, Scope.ORPHANS).changes())
                .noneMatch(change -> change instanceof Change.Move
                        && members.contains(change.before().owner()));
    }

    @RepeatableProperty
    void everyOrphanFindsAnOwner(@ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Assume.that(!lease.members().isEmpty());

        Snapshot planned = Effects.written(lease, Balancer.assign(lease, Scope.ORPHANS));

        assertThat(Effects.holders(planned)).hasSameSizeAs(lease.partitions());
    }

    @RepeatableProperty
    void balancingAfterTheOrphansMovesAsLittleAsBalancingAtOnce(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Assume.that(!lease.members().isEmpty());
        Snapshot orphansFirst = Effects.written(lease, Balancer.assign(lease, Scope.ORPHANS));

        Snapshot settled = Effects.settled(orphansFirst);

        FairShares fair = new FairShares(lease.members(), lease.partitions().size());
        assertThat(fair.allow(Effects.counts(settled))).isTrue();
        assertThat(Effects.moves(Effects.holders(orphansFirst), Effects.holders(settled)))
                .isEqualTo(fair.fewestMoves(Effects.counts(lease)));
    }

    @RepeatableProperty
    void aPlanOfOrphansAfterAPlanOfOrphansIsEmpty(@ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Snapshot planned = Effects.written(lease, Balancer.assign(lease, Scope.ORPHANS));

        assertThat(Balancer.assign(planned, Scope.ORPHANS).changes()).isEmpty();
    }

    @RepeatableProperty
    void aPlanOfOrphansIsCompleteExactlyWhenItLeavesNothingToBalance(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Assume.that(!lease.members().isEmpty());
        Assignment orphans = Balancer.assign(lease, Scope.ORPHANS);

        Snapshot done = Effects.handedOver(Effects.written(lease, orphans), partition -> true);

        FairShares fair = new FairShares(lease.members(), lease.partitions().size());
        assertThat(orphans.complete()).isEqualTo(fair.allow(Effects.counts(done)));
        assertThat(orphans.complete())
                .isEqualTo(Balancer.assign(done, Scope.ALL).changes().isEmpty());
        SEEN.merge(orphans.complete() ? Completion.COMPLETE : Completion.INCOMPLETE, 1, Integer::sum);
    }

    @RepeatableProperty
    void aPlanOfAllIsAlwaysComplete(@ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        assertThat(Balancer.assign(lease, Scope.ALL).complete()).isTrue();
        assertThat(Effects.settled(lease).partitions()).allMatch(partition -> partition.pending() == NO_SESSION);
    }

    /** The generated leases must often be of both kinds. */
    @AfterContainer
    static void completeAndIncompletePlansWereSeen() {
        assertThat(SEEN)
                .hasSize(2)
                .allSatisfy((completion, times) -> assertThat(times).isGreaterThan(100));
    }
}
