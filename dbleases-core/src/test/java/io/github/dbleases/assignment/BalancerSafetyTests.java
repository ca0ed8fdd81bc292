package io.github.dbleases.assignment;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.RepeatableProperty;
import io.github.dbleases.assignment.Balancer.Scope;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;

/** Which changes a plan may contain, in both scopes. */
class BalancerSafetyTests {

    @RepeatableProperty
    void aPartitionIsNeverTakenFromALiveOwner(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease, @ForAll Scope scope) {
        assertThat(Balancer.assign(lease, scope).changes())
                .allMatch(change -> change.before().ownerLive()
                        ? change instanceof Change.Move || change instanceof Change.Withdraw
                        : change instanceof Change.Grant || change instanceof Change.Vacate);
    }

    @RepeatableProperty
    void onlyMembersGetPartitionsAndEveryChangeHasAnEffect(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease, @ForAll Scope scope) {
        Set<Long> members = Effects.sessions(lease);

        for (Change change : Balancer.assign(lease, scope).changes()) {
            Partition before = change.before();
            if (change instanceof Change.Grant grant) {
                assertThat(members).contains(grant.to());
                assertThat(grant.above()).isGreaterThanOrEqualTo(before.token());
                assertThat(grant.affectedSession()).isEqualTo(grant.to());
            } else if (change instanceof Change.Move move) {
                assertThat(members).contains(move.to());
                assertThat(move.to()).isNotEqualTo(before.owner()).isNotEqualTo(before.pending());
                assertThat(move.affectedSession()).isEqualTo(before.owner());
            } else if (change instanceof Change.Withdraw) {
                assertThat(before.pending()).isNotEqualTo(NO_SESSION);
                assertThat(change.affectedSession()).isEqualTo(before.owner());
            } else {
                assertThat(members).isEmpty();
                assertThat(before.owner() != NO_SESSION || before.pending() != NO_SESSION)
                        .isTrue();
                assertThat(change.affectedSession()).isEqualTo(NO_SESSION);
            }
        }
    }

    @RepeatableProperty
    void aPartitionHasAtMostOneChangeAndChangesAreSortedByPartition(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease, @ForAll Scope scope) {
        List<Partition> changed = Balancer.assign(lease, scope).changes().stream()
                .map(Change::before)
                .toList();

        List<Partition> inOrder = new ArrayList<>(lease.partitions());
        inOrder.retainAll(changed);
        assertThat(changed).isEqualTo(inOrder);
    }

    @RepeatableProperty
    void afterAPlanNoPartitionIsPendingForANonMember(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease, @ForAll Scope scope) {
        Set<Long> members = Effects.sessions(lease);

        Snapshot planned = Effects.written(lease, Balancer.assign(lease, scope));

        assertThat(planned.partitions())
                .allMatch(partition -> partition.pending() == NO_SESSION || members.contains(partition.pending()));
    }

    @RepeatableProperty
    void eachPartitionHasAMemberOrIsRequestedForOneIfThereAreMembers(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease, @ForAll Scope scope) {
        Set<Long> members = Effects.sessions(lease);
        Assume.that(!members.isEmpty());

        Snapshot planned = Effects.written(lease, Balancer.assign(lease, scope));

        assertThat(planned.partitions())
                .allMatch(partition -> partition.ownerLive()
                        && (members.contains(partition.owner()) || members.contains(partition.pending())));
    }

    @RepeatableProperty
    void withoutMembersOrphansAreVacatedAndLiveOwnersKeepTheRest(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease, @ForAll Scope scope) {
        Snapshot deserted = Effects.with(lease, List.of());

        Assignment assignment = Balancer.assign(deserted, scope);

        assertThat(assignment.complete()).isTrue();
        List<Partition> expected = deserted.partitions().stream()
                .map(before -> new Partition(
                        before.number(),
                        before.ownerLive() ? before.owner() : NO_SESSION,
                        before.ownerLive(),
                        NO_SESSION,
                        before.token()))
                .toList();
        assertThat(Effects.written(deserted, assignment).partitions()).isEqualTo(expected);
    }

    @RepeatableProperty
    void aRequestedPartitionThatItsOwnerGivesUpGoesToThePendingSession(
            @ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease,
            @ForAll Scope scope,
            @ForAll Random random) {
        Snapshot planned = Effects.written(lease, Balancer.assign(lease, Scope.ALL));
        Snapshot givenUp =
                planned.mapPartitions(p -> p.pending() != NO_SESSION && random.nextBoolean() ? p.givenUp() : p);

        List<Change> grants = givenUp.partitions().stream()
                .filter(p -> p.pending() != NO_SESSION && !p.ownerLive())
                .map(p -> (Change) new Change.Grant(p, p.pending(), p.token()))
                .toList();
        assertThat(Balancer.assign(givenUp, scope)).isEqualTo(new Assignment(grants, true));
    }

    @RepeatableProperty
    void aMemberThatHasGivenUpAPartitionMayGetItAgain(@ForAll(supplier = Snapshots.OfAnyWeights.class) Snapshot lease) {
        Snapshot settled = Effects.settled(lease);
        Assume.that(!lease.members().isEmpty());

        Snapshot givenUp = settled.mapPartitions(Partition::givenUp);

        List<Change> grants = givenUp.partitions().stream()
                .map(p -> (Change) new Change.Grant(p, p.owner(), p.token()))
                .toList();
        assertThat(Balancer.assign(givenUp, Scope.ALL)).isEqualTo(new Assignment(grants, true));
    }
}
