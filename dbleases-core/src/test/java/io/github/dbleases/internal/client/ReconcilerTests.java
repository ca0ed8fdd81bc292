package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Hold;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.LeaseSpec;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.Timing;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.Holdings.GrantedPartition;
import io.github.dbleases.spi.Incarnation;
import io.github.dbleases.spi.LeaseTransaction;
import io.github.dbleases.spi.LeaseTransaction.Assigned;
import io.github.dbleases.spi.LeaseTransaction.LeaseState;
import io.github.dbleases.spi.Renewal;
import io.github.dbleases.spi.WorkChannel;
import io.github.dbleases.spi.observation.ClientObserver;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How an engine handles answers that a test makes up, such as those of a restored database. */
class ReconcilerTests {

    private static final Duration A_MOMENT = Duration.ofMillis(100);

    private final SimWorld world = new SimWorld(1);
    private final SimEnvironment environment = new SimEnvironment(
            world, new SimDatabase(world), answering(HeartbeatChannel.class), answering(WorkChannel.class));
    private final Engine engine = new Engine(
            LeaseClientConfig.defaults(),
            environment,
            (transaction, granted) -> false,
            event -> {},
            ClientObserver.NONE);

    private Incarnation incarnation = new Incarnation("system", 1);
    private boolean over;
    private long inbox;
    private long floor;
    private Duration quietFor = Duration.ZERO;
    private List<GrantedPartition> own = List.of();

    private final JoinedLease lease = start();

    @Test
    void aGrantIsTakenUp() {
        grant(10);

        assertThat(lease.values()).isEqualTo(PartitionSet.of(0));
        assertThat(lease.token(0)).hasValue(10);
    }

    @Test
    void aTokenThatWasLostIsNeverPickedUpAgain() {
        grant(10);
        grantNothing();

        grant(10);
        assertThat(lease.values()).isEmpty();

        grant(11);
        assertThat(lease.token(0)).hasValue(11);
    }

    @Test
    void aTokenThatWasLostWithItsSessionIsNeverPickedUpAgain() {
        grant(10);
        long before = engine.currentSession();
        over = true;
        pass(Timing.DEFAULT.heartbeat().multipliedBy(2));
        assertThat(engine.currentSession()).isNotEqualTo(before);

        assertThat(lease.values()).isEmpty();
        grant(11);
        assertThat(lease.token(0)).hasValue(11);
    }

    @Test
    void aTokenThatWasGivenUpIsNeverPickedUpAgain() {
        grant(10);
        answer(new GrantedPartition("orders", 0, 10, true));
        assertThat(lease.ownership().isEmpty()).as("the hand-over is done").isTrue();

        grant(10);
        assertThat(lease.values()).isEmpty();
    }

    @Test
    void aTokenThatWasGivenBackIsNeverPickedUpAgain() {
        floor = 20;
        grant(10);
        assertThat(lease.values()).isEmpty();

        floor = 0;
        grant(10);
        assertThat(lease.values()).isEmpty();
    }

    @Test
    void aTokenFromBeforeTheIncarnationIsKeptButNotTakenUp() {
        grant(10);
        floor = 20;

        answer(new GrantedPartition("orders", 0, 10, false), new GrantedPartition("orders", 1, 15, false));

        assertThat(lease.values()).isEqualTo(PartitionSet.of(0));
    }

    @Test
    void anotherTokenOfTheSamePartitionIsAnotherGrant() {
        grant(10);

        grant(11);
        pass(A_MOMENT);

        assertThat(lease.token(0)).hasValue(11);
    }

    @Test
    void anAnswerToAFormerSessionIsNotApplied() {
        pass(Timing.DEFAULT.heartbeat().minus(A_MOMENT.multipliedBy(3)));
        environment.latency(Duration.ofMillis(1), Duration.ofMillis(900));
        own = List.of(new GrantedPartition("orders", 0, 10, false));
        engine.hinted();
        pass(A_MOMENT);
        environment.latency(Duration.ofMillis(1), Duration.ofMillis(1));
        own = List.of();
        over = true;
        pass(Duration.ofSeconds(2));

        assertThat(over).as("the session is over").isFalse();
        assertThat(lease.ownership().grants().partitions()).isEmpty();
    }

    @Test
    void nothingIsTakenUpFromAnotherIncarnation() {
        Incarnation first = incarnation;
        own = List.of(new GrantedPartition("orders", 0, 10, false));
        incarnation = new Incarnation("system", 2);
        engine.hinted();
        pass(A_MOMENT);
        assertThat(lease.values()).isEmpty();

        incarnation = first;
        engine.hinted();
        pass(A_MOMENT);
        assertThat(lease.values()).isEqualTo(PartitionSet.of(0));
    }

    @Test
    void nothingIsTakenUpWhileTheStoreIsQuiet() {
        grant(10);
        quietFor = Duration.ofSeconds(3);

        answer(new GrantedPartition("orders", 0, 10, false), new GrantedPartition("orders", 1, 15, false));
        assertThat(lease.values()).as("the client keeps what it owned before").isEqualTo(PartitionSet.of(0));

        quietFor = Duration.ZERO;
        pass(Duration.ofSeconds(3));
        assertThat(lease.values()).isEqualTo(PartitionSet.of(0, 1));
    }

    @Test
    void aHoldOnAPartitionThatIsLostIsNotTrusted() {
        grant(10);
        Hold hold = lease.tryHold(0).orElseThrow();
        assertThat(hold.isTrusted()).isTrue();

        grantNothing();

        assertThat(hold.isTrusted()).isFalse();
    }

    /** As when there is no memory to drop it. */
    @Test
    void aGrantThatWasNotDroppedIsNotTrustedInTheNextSession() {
        SessionKeeper keeper = engine.keeper();
        JoinedLease unknown = new JoinedLease(LeaseSpec.partitions("unknown", 4), engine, keeper, environment);
        unknown.ownership().take(List.of(new OwnedPartition(0, 10, keeper.epoch())));
        Hold hold = unknown.tryHold(0).orElseThrow();
        assertThat(hold.isTrusted()).isTrue();
        assertThat(unknown.values()).isEqualTo(PartitionSet.of(0));

        over = true;
        pass(Timing.DEFAULT.heartbeat().multipliedBy(2));
        assertThat(keeper.isTrusted()).as("the next session is trusted").isTrue();

        assertThat(unknown.values()).isEmpty();
        assertThat(unknown.tryHold(0)).isEmpty();
        assertThat(hold.isTrusted()).isFalse();
    }

    /** As when there is no memory to drop it. */
    @Test
    void aGrantThatWasNotDroppedIsNotTrustedAfterARestart() {
        SessionKeeper keeper = engine.keeper();
        JoinedLease unknown = new JoinedLease(LeaseSpec.partitions("unknown", 4), engine, keeper, environment);
        unknown.ownership().take(List.of(new OwnedPartition(0, 10, keeper.epoch())));
        Hold hold = unknown.tryHold(0).orElseThrow();
        assertThat(hold.isTrusted()).isTrue();

        engine.stop();
        pass(A_MOMENT);
        assertThat(engine.isStarted()).isFalse();
        assertThat(unknown.values()).isEmpty();
        assertThat(hold.isTrusted()).isFalse();
        CompletableFuture<Optional<RuntimeException>> opened = engine.start();
        pass(A_MOMENT);
        assertThat(opened).isCompletedWithValue(Optional.empty());
        assertThat(keeper.isTrusted()).as("the next session is trusted").isTrue();

        assertThat(unknown.values()).isEmpty();
        assertThat(unknown.tryHold(0)).isEmpty();
        assertThat(hold.isTrusted()).isFalse();
    }

    @Test
    void aTokenFromBeforeARestartIsNeverPickedUpAgain() {
        grant(10);
        engine.stop();
        pass(A_MOMENT);
        CompletableFuture<Optional<RuntimeException>> opened = engine.start();
        pass(A_MOMENT);
        assertThat(opened).isCompleted();

        assertThat(lease.values()).isEmpty();
        grant(11);
        assertThat(lease.token(0)).hasValue(11);
    }

    @Test
    void nothingIsDecidedByAnAnswerThatIsNotApplied() {
        Incarnation first = incarnation;
        incarnation = new Incarnation("system", 2);
        JoinedLease another = engine.join(LeaseSpec.partitions("invoices", 4)).lease();
        pass(A_MOMENT);
        assertThat(another.joined()).isDone();
        assertThat(another.decided()).isNotDone();

        incarnation = first;
        pass(Timing.DEFAULT.heartbeat().multipliedBy(2));
        assertThat(another.decided()).isDone();
    }

    private JoinedLease start() {
        environment.latency(Duration.ofMillis(1), Duration.ofMillis(1));
        CompletableFuture<Optional<RuntimeException>> opened = engine.start();
        pass(A_MOMENT);
        assertThat(opened).isCompletedWithValue(Optional.empty());
        JoinedLease joined = engine.join(LeaseSpec.partitions("orders", 4)).lease();
        pass(A_MOMENT);
        return joined;
    }

    private void grant(long token) {
        answer(new GrantedPartition("orders", 0, token, false));
    }

    private void grantNothing() {
        answer();
    }

    /** Changes what the session owns according to the store, and sends a hint. */
    private void answer(GrantedPartition... partitions) {
        own = List.of(partitions);
        inbox++;
        engine.hinted();
        pass(A_MOMENT);
    }

    private <T> T answering(Class<T> channel) {
        return channel.cast(Proxy.newProxyInstance(
                channel.getClassLoader(),
                new Class<?>[] {channel},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "open" -> {
                        over = false;
                        yield renewal();
                    }
                    case "renew" -> over ? Optional.empty() : Optional.of(renewal());
                    case "holdings" -> new Holdings(true, inbox, false, incarnation, quietFor, floor, own, Map.of());
                    case "transact" -> ((WorkChannel.Work<?>) arguments[1]).in(answering(LeaseTransaction.class));
                    case "transactUnlessLocked" ->
                        Optional.of(((WorkChannel.Work<?>) arguments[1]).in(answering(LeaseTransaction.class)));
                    case "lease" ->
                        Optional.of(new LeaseState(LeaseKind.PARTITIONS, 4, Duration.ZERO, Assigned.UNKNOWN));
                    case "snapshot", "excerpt" -> new Snapshot("orders", LeaseKind.PARTITIONS, List.of(), List.of());
                    case "isLive" -> false;
                    case "create", "addMember", "removeMember", "assigned", "end" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
    }

    private Renewal renewal() {
        return new Renewal(inbox, Optional.empty(), false, world.instant(), incarnation);
    }

    private void pass(Duration time) {
        long end = world.nanos() + time.toNanos();
        while (world.step(end)) {
            // Run everything that is due.
        }
    }
}
