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
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is written under the lock of a lease, by sessions that know too little or come too late. */
class AssignerTests {

    private static final int LIMIT = 1_000;
    private static final long OWNER = 1;
    private static final long OTHER = 2;
    private static final long STRANGER = 3;

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final WorkChannel line = store.workChannel(Timing.DEFAULT);

    AssignerTests() {
        open(OWNER);
        open(STRANGER);
        join(OWNER);
    }

    @Test
    void aGiftGetsATokenAboveTheHighestThatItsOwnerHasDropped() {
        join(OTHER);
        long far = 9_000_000_000_000_000L;

        handOver(OWNER, true, new HandOver(0, token(0), far));

        assertThat(token(0)).isGreaterThan(far);
    }

    @Test
    void whatIsOwnedUnderAnotherTokenIsNotGiven() {
        join(OTHER);
        Partition before = partition(0);

        handOver(OWNER, true, new HandOver(0, before.token() - 1, 0));

        assertThat(partition(0)).isEqualTo(before);
    }

    @Test
    void whatAnotherOwnsIsNotGiven() {
        Partition before = partition(0);

        handOver(STRANGER, true, new HandOver(0, before.token(), 0));

        assertThat(partition(0)).isEqualTo(before);
    }

    @Test
    void aDeadSessionGivesNothingAndStaysWhatItWas() {
        join(OTHER);
        Partition before = partition(0);
        line.transact(lease(), transaction -> {
            transaction.end(OWNER);
            return true;
        });

        assertThat(handOver(OWNER, false, new HandOver(0, before.token(), 0))).isEmpty();

        assertThat(partition(0).token()).isEqualTo(before.token());
    }

    @Test
    void whoTakesNoPartIsNoMemberAfterAHandOver() {
        join(OTHER);

        handOver(OWNER, false, new HandOver(0, token(0), 0));

        assertThat(snapshot().members()).extracting(Member::session).containsExactly(OTHER);
        assertThat(partition(0).owner()).isEqualTo(OTHER);
    }

    @Test
    void aReleaseGivesEverythingButWhatIsAtWorkToTheOthers() {
        join(OTHER);
        Set<Integer> atWork = Set.of(0);

        line.transact(lease(), transaction -> {
            new Assigner(transaction, LIMIT).release(OWNER, "orders", atWork);
            return true;
        });

        assertThat(snapshot().members()).extracting(Member::session).containsExactly(OTHER);
        assertThat(partition(0).owner()).isEqualTo(OWNER);
        assertThat(List.of(1, 2, 3)).allMatch(number -> partition(number).owner() == OTHER);
    }

    @Test
    void everyMemberIsToldOfOneThatComesToShareTasks() {
        share(OWNER);
        long before = inbox(OWNER);

        share(STRANGER);
        assertThat(inbox(OWNER)).isNotEqualTo(before);

        long settled = inbox(OWNER);
        share(STRANGER);
        assertThat(inbox(OWNER)).as("it had come before").isEqualTo(settled);
    }

    @Test
    void everyMemberIsToldOfOneThatSharesTasksNoMore() {
        assertToldOf(assigner -> assigner.leave(STRANGER, "letters"));
        assertToldOf(assigner -> assigner.remove(STRANGER, "letters"));
        assertToldOf(assigner -> assigner.release(STRANGER, "letters", Set.of()));
        assertToldOf(assigner -> assigner.handOver(STRANGER, "letters", false, List.of()));
    }

    @Test
    void everyMemberIsToldOfOneThatDied() {
        share(OWNER);
        share(STRANGER);
        long before = inbox(OWNER);
        line.transact(new TreeSet<>(), transaction -> {
            transaction.end(STRANGER);
            return true;
        });

        inLetters(assigner -> assigner.assignOrphans("letters"));
        assertThat(inbox(OWNER)).isNotEqualTo(before);

        long settled = inbox(OWNER);
        inLetters(assigner -> assigner.assignOrphans("letters"));
        assertThat(inbox(OWNER)).as("it was buried before").isEqualTo(settled);
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
    void orphansAreGivenOutInSteps() {
        joinLarge(OWNER);

        assertThat(assignOnce().more()).isTrue();
        assertThat(owned(large())).isEqualTo(8);
        assertThat(assignOnce().more()).isFalse();
        assertThat(owned(large())).isEqualTo(10);
        assertThat(assignOnce()).isEqualTo(Outcome.SETTLED);
    }

    @Test
    void aLeaseThatNobodyUsesShrinksInSteps() {
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
    void whatIsReleasedIsReleasedInSteps() {
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
    void movesAreAskedForInSteps() {
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
            // It has not got all its partitions yet.
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

    /** Does a step of 4 partitions at most. */
    private <T> T inLarge(Function<Assigner, T> step) {
        return line.transact(new TreeSet<>(Set.of("large")), transaction -> step.apply(new Assigner(transaction, 4)));
    }

    private Snapshot large() {
        return line.transact(new TreeSet<>(Set.of("large")), transaction -> transaction.snapshot("large"));
    }

    private static long owned(Snapshot lease) {
        return lease.partitions().stream().filter(Partition::ownerLive).count();
    }

    private void assertToldOf(Consumer<Assigner> end) {
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
        line.transact(new TreeSet<>(Set.of("letters")), transaction -> {
            step.accept(new Assigner(transaction, LIMIT));
            return true;
        });
    }

    private long inbox(long session) {
        return line.holdings(session).inbox();
    }

    private void open(long session) {
        store.heartbeatChannel(Timing.DEFAULT)
                .open(new NewSession(session, "host", 1, Timing.DEFAULT.ttl(), Timing.DEFAULT.grace()));
    }

    private void join(long session) {
        if (session == OTHER) {
            open(OTHER);
        }
        line.transact(
                lease(),
                transaction -> new Assigner(transaction, LIMIT).join(session, LeaseSpec.partitions("orders", 4)));
    }

    private Set<Integer> handOver(long session, boolean takesPart, HandOver handOver) {
        return line.transact(
                lease(),
                transaction ->
                        new Assigner(transaction, LIMIT).handOver(session, "orders", takesPart, List.of(handOver)));
    }

    private Snapshot snapshot() {
        return line.transact(lease(), transaction -> transaction.snapshot("orders"));
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
