package io.github.dbleases.benchmarks;

import static io.github.dbleases.assignment.Snapshot.NO_SESSION;

import io.github.dbleases.LeaseKind;
import io.github.dbleases.assignment.Assignment;
import io.github.dbleases.assignment.Balancer;
import io.github.dbleases.assignment.Snapshot;
import io.github.dbleases.assignment.Snapshot.Member;
import io.github.dbleases.assignment.Snapshot.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of one plan for 100,000 partitions and 1,000 members. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BalancerBenchmark {

    private static final int PARTITIONS = 100_000;
    private static final int MEMBERS = 1_000;

    /** What has happened since the lease was balanced. */
    public enum Since {
        NOTHING,
        ONE_JOINED,
        ONE_DIED,
        ALL_UNOWNED
    }

    @Param
    public Since since;

    private Snapshot lease = new Snapshot("orders", LeaseKind.PARTITIONS, List.of(), List.of());

    @Setup
    public void balanceAndChange() {
        List<Long> sessions =
                new Random(1).longs(MEMBERS + 1, 1, 1L << 53).boxed().toList();
        List<Member> members = sessions.subList(0, MEMBERS).stream()
                .map(session -> new Member(session, 1))
                .toList();
        lease = new Snapshot(
                "orders",
                LeaseKind.PARTITIONS,
                members,
                partitions(i -> new Partition(i, NO_SESSION, false, NO_SESSION, 0)));
        if (since == Since.ALL_UNOWNED) {
            return;
        }
        List<Partition> owned = new ArrayList<>();
        for (var change : Balancer.assign(lease, Balancer.Scope.ALL).changes()) {
            owned.add(new Partition(change.before().number(), change.affectedSession(), true, NO_SESSION, 1));
        }
        lease = new Snapshot("orders", LeaseKind.PARTITIONS, members, owned);
        if (since == Since.ONE_JOINED) {
            List<Member> more = new ArrayList<>(members);
            more.add(new Member(sessions.get(MEMBERS), 1));
            lease = new Snapshot("orders", LeaseKind.PARTITIONS, more, owned);
        } else if (since == Since.ONE_DIED) {
            long dead = sessions.get(0);
            lease = new Snapshot("orders", LeaseKind.PARTITIONS, members.subList(1, MEMBERS), owned)
                    .mapPartitions(partition -> partition.owner() == dead ? partition.givenUp() : partition);
        }
    }

    private static List<Partition> partitions(IntFunction<Partition> each) {
        return IntStream.range(0, PARTITIONS).mapToObj(each).toList();
    }

    /** Assigns what has no owner, and moves the excess. */
    @Benchmark
    public Assignment all() {
        return Balancer.assign(lease, Balancer.Scope.ALL);
    }
}
