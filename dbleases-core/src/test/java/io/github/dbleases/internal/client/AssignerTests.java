package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import io.github.dbleases.internal.client.Assigner.HandOver;
import io.github.dbleases.internal.client.Assigner.Outcome;
import io.github.dbleases.memory.InMemoryLeaseStore;
import io.github.dbleases.spi.LeaseTransaction.Assigned;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Changes under the lock of a lease, including those of sessions that know too little or come too late. */
class AssignerTests {

    private static final int LIMIT = 1_000;
    private static final long OWNER = 1;
    private static final long OTHER = 2;
    private static final long STRANGER = 3;

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final WorkChannel channel = store.workChannel(Timing.DEFAULT);

    AssignerTests() {
        open(OWNER);
        open(STRANGER);
        join(OWNER);
    }

    @Test
    void aHandOverGetsATokenAboveTheHighestThatItsOwnerHasDropped() {
        join(OTHER);
        long far = 9_000_000_000_000_000L;

        handOver(OWNER, true, new HandOver(0, token(0), far));

        assertThat(token(0)).isGreaterThan(far);
    }

    @Test
    void aPartitionWithAnotherTokenIsNotHandedOver() {
        join(OTHER);
        Partition before = partition(0);

        handOver(OWNER, true, new HandOver(0, before.token() - 1, 0));

        assertThat(partition(0)).isEqualTo(before);
    }

    @Test
    void aPartitionOfAnotherOwnerIsNotHandedOver() {
        Partition before = partition(0);

        handOver(STRANGER, true, new HandOver(0, before.token(), 0));

        assertThat(partition(0)).isEqualTo(before);
    }

    @Test
    void aDeadSessionHandsNothingOver() {
        join(OTHER);
        Partition before = partition(0);
        channel.transact(lease(), transaction -> {
            transaction.end(OWNER);
            return true;
        });

        assertThat(handOver(OWNER, false, new HandOver(0, before.token(), 0))).isEmpty();

        assertThat(partition(0).token()).isEqualTo(before.token());
    }

    @Test
    void aPartitionThatIsGivenUpIsAskedForOnce() {
        join(OTHER);
        Partition before = partition(0);

        assertThat(giveUp(OWNER, before.number(), before.token())).isEmpty();

        assertThat(partition(before.number()).owner()).isEqualTo(OWNER);
        assertThat(partition(before.number()).pending()).isEqualTo(OTHER);
        Snapshot after = snapshot();
        assertThat(giveUp(OWNER, before.number(), before.token())).isEmpty();
        assertThat(snapshot()).isEqualTo(after);
    }

    @Test
    void aPartitionThatNoOtherMemberCanOwnIsKept() {
        Partition before = partition(0);

        assertThat(giveUp(OWNER, before.number(), before.token())).containsExactly(before.number());

        assertThat(partition(0)).isEqualTo(before);
    }

    @Test
    void nothingElseIsGivenUpThanWhatWasHeld() {
        join(OTHER);
        Partition before = partition(0);

        assertThat(giveUp(OWNER, before.number(), before.token() - 1)).isEmpty();
        assertThat(giveUp(OTHER, before.number(), before.token())).isEmpty();

        assertThat(partition(before.number())).isEqualTo(before);
    }

    private Set<Integer> giveUp(long session, int partition, long token) {
        return channel.transact(
                lease(),
                transaction -> new Assigner(transaction, session, LIMIT)
                        .giveUp(session, "orders", Map.of(partition, token), Duration.ofSeconds(1)));
    }

    @Test
    void aSessionThatTakesNoPartIsNoMemberAfterAHandOver() {
        join(OTHER);

        handOver(OWNER, false, new HandOver(0, token(0), 0));

        assertThat(snapshot().members()).extracting(Member::session).containsExactly(OTHER);
        assertThat(partition(0).owner()).isEqualTo(OTHER);
    }

    @Test
    void aPartitionGoesToTheSessionForWhichItsOwnerWasAsked() {
        join(OTHER);
        balance();
        Partition asked = pendingFor(OTHER);

        assertThat(handOver(OWNER, true, new HandOver(asked.number(), asked.token(), 0)))
                .isEmpty();

        assertThat(partition(asked.number()).owner()).isEqualTo(OTHER);
        assertThat(partition(asked.number()).token()).isGreaterThan(asked.token());
        assertThat(state().assigned()).isEqualTo(Assigned.FAIRLY);
    }

    @Test
    void aPartitionDoesNotGoToASessionThatIsDeadInTheMeantime() {
        join(OTHER);
        balance();
        Partition asked = pendingFor(OTHER);
        channel.transact(new TreeSet<>(), transaction -> {
            transaction.end(OTHER);
            return true;
        });

        handOver(OWNER, true, new HandOver(asked.number(), asked.token(), 0));

        assertThat(partition(asked.number()).owner()).isEqualTo(OWNER);
    }

    private void balance() {
        Outcome balanced = channel.transact(
                lease(), transaction -> new Assigner(transaction, OWNER, LIMIT).balance("orders", Duration.ZERO));
        assertThat(balanced.balanced()).isTrue();
    }

    private Partition pendingFor(long session) {
        return snapshot().partitions().stream()
                .filter(partition -> partition.pending() == session)
                .findFirst()
                .orElseThrow();
    }

    private LeaseState state() {
        return channel.lease("orders").orElseThrow();
    }

    @Test
    void aReleaseGivesEverythingExceptPartitionsInUseToTheOthers() {
        join(OTHER);
        Set<Integer> atWork = Set.of(0);

        channel.transact(lease(), transaction -> {
            new Assigner(transaction, OWNER, LIMIT).release(OWNER, "orders", atWork);
            return true;
        });

        assertThat(snapshot().members()).extracting(Member::session).containsExactly(OTHER);
        assertThat(partition(0).owner()).isEqualTo(OWNER);
        assertThat(List.of(1, 2, 3)).allMatch(number -> partition(number).owner() == OTHER);
    }

    @Test
    void everyMemberIsNotifiedWhenATaskMemberJoins() {
        share(OWNER);
        long before = inbox(OWNER);

        share(STRANGER);
        assertThat(inbox(OWNER)).isNotEqualTo(before);

        long settled = inbox(OWNER);
        share(STRANGER);
        assertThat(inbox(OWNER)).as("it had joined before").isEqualTo(settled);
    }

    @Test
    void everyMemberIsNotifiedWhenATaskMemberLeaves() {
        assertAllAreNotifiedOf(assigner -> assigner.leave(STRANGER, "letters"));
        assertAllAreNotifiedOf(assigner -> assigner.remove(STRANGER, "letters"));
        assertAllAreNotifiedOf(assigner -> assigner.release(STRANGER, "letters", Set.of()));
        assertAllAreNotifiedOf(assigner -> assigner.handOver(STRANGER, "letters", false, List.of()));
    }

    @Test
    void everyMemberIsNotifiedWhenATaskMemberDies() {
        share(OWNER);
        share(STRANGER);
        long before = inbox(OWNER);
        channel.transact(new TreeSet<>(), transaction -> {
            transaction.end(STRANGER);
            return true;
        });

        inLetters(assigner -> assigner.assignOrphans("letters"));
        assertThat(inbox(OWNER)).isNotEqualTo(before);

        long settled = inbox(OWNER);
        inLetters(assigner -> assigner.assignOrphans("letters"));
        assertThat(inbox(OWNER)).as("it had been removed before").isEqualTo(settled);
    }

    @Test
    void aLeaseGetsItsPartitionsInStepsAndIsJoinedWithTheLast() {
        LeaseSpec large = LeaseSpec.partitions("large", 10);

        assertThat(joinOnce(OWNER, large)).isEmpty();
        assertThat(large().partitions()).hasSize(4);
        assertThat(large().members()).isEmpty();
        assertThat(joinOnce(OWNER, large)).isEmpty();
        assertThat(large().partitions()).hasSize(8);

        Outcome joined = joinOnce(OWNER, large).orElseThrow();
        assertThat(large().members()).hasSize(1);
        assertThat(owned(large())).isEqualTo(4);
        assertThat(joined.more()).isTrue();
    }

    @Test
    void orphansAreAssignedInSteps() {
        joinLarge(OWNER);

        assertThat(assignOnce().more()).isTrue();
        assertThat(owned(large())).isEqualTo(8);
        assertThat(assignOnce().more()).isFalse();
        assertThat(owned(large())).isEqualTo(10);
        assertThat(assignOnce()).isEqualTo(Outcome.SETTLED);
    }

    @Test
    void anUnusedLeaseShrinksInSteps() {
        joinLarge(OWNER);
        releaseOnce();

        LeaseSpec small = LeaseSpec.partitions("large", 1);
        assertThat(joinOnce(OWNER, small)).isEmpty();
        assertThat(large().partitions()).hasSize(6);
        assertThat(joinOnce(OWNER, small)).isEmpty();
        assertThat(joinOnce(OWNER, small)).isPresent();
        assertThat(large().partitions()).hasSize(1);
    }

    @Test
    void partitionsAreReleasedInSteps() {
        joinLarge(OWNER);
        assignOnce();
        assignOnce();

        assertThat(releaseOnce()).isFalse();
        assertThat(owned(large())).isEqualTo(6);
        assertThat(releaseOnce()).isFalse();
        assertThat(releaseOnce()).isTrue();
        assertThat(owned(large())).isZero();
    }

    @Test
    void handOversAreRequestedInSteps() {
        joinLarge(OWNER);
        assignOnce();
        assignOnce();
        open(OTHER);
        joinOnce(OTHER, LeaseSpec.partitions("large", 10));

        assertThat(balanceOnce().more()).isTrue();
        assertThat(large().partitions())
                .filteredOn(partition -> partition.pending() == OTHER)
                .hasSize(4);
        assertThat(balanceOnce().more()).isFalse();
        assertThat(large().partitions())
                .filteredOn(partition -> partition.pending() == OTHER)
                .hasSize(5);
    }

    private void joinLarge(long session) {
        LeaseSpec large = LeaseSpec.partitions("large", 10);
        while (joinOnce(session, large).isEmpty()) {
            // The lease does not have all of its partitions yet.
        }
    }

    private Optional<Outcome> joinOnce(long session, LeaseSpec spec) {
        return inLarge(assigner -> assigner.join(session, spec));
    }

    private Outcome assignOnce() {
        return inLarge(assigner -> assigner.assignOrphans("large"));
    }

    private Outcome balanceOnce() {
        return inLarge(assigner -> assigner.balance("large", Duration.ZERO));
    }

    private boolean releaseOnce() {
        return inLarge(assigner -> assigner.release(OWNER, "large", Set.of()));
    }

    /** Runs a step of at most 4 partitions. */
    private <T> T inLarge(Function<Assigner, T> step) {
        return channel.transact(
                new TreeSet<>(Set.of("large")), transaction -> step.apply(new Assigner(transaction, OWNER, 4)));
    }

    private Snapshot large() {
        return channel.transact(new TreeSet<>(Set.of("large")), transaction -> transaction.snapshot("large"));
    }

    private static long owned(Snapshot lease) {
        return lease.partitions().stream().filter(Partition::ownerLive).count();
    }

    private void assertAllAreNotifiedOf(Consumer<Assigner> end) {
        share(OWNER);
        share(STRANGER);
        long before = inbox(OWNER);

        inLetters(end);

        assertThat(inbox(OWNER)).isNotEqualTo(before);
    }

    private void share(long session) {
        inLetters(assigner -> assigner.join(session, LeaseSpec.tasks("letters")));
    }

    private void inLetters(Consumer<Assigner> step) {
        channel.transact(new TreeSet<>(Set.of("letters")), transaction -> {
            step.accept(new Assigner(transaction, OWNER, LIMIT));
            return true;
        });
    }

    private long inbox(long session) {
        return channel.holdings(session).inbox();
    }

    private void open(long session) {
        store.heartbeatChannel(Timing.DEFAULT)
                .open(new NewSession(session, "host", 1, Timing.DEFAULT.ttl(), Timing.DEFAULT.grace()));
    }

    private void join(long session) {
        if (session == OTHER) {
            open(OTHER);
        }
        channel.transact(
                lease(),
                transaction ->
                        new Assigner(transaction, session, LIMIT).join(session, LeaseSpec.partitions("orders", 4)));
    }

    private Set<Integer> handOver(long session, boolean takesPart, HandOver handOver) {
        return channel.transact(
                lease(),
                transaction -> new Assigner(transaction, session, LIMIT)
                        .handOver(session, "orders", takesPart, List.of(handOver)));
    }

    private Snapshot snapshot() {
        return channel.transact(lease(), transaction -> transaction.snapshot("orders"));
    }

    private Partition partition(int number) {
        return snapshot().partitions().get(number);
    }

    private long token(int number) {
        return partition(number).token();
    }

    private static TreeSet<String> lease() {
        return new TreeSet<>(Set.of("orders"));
    }
}
