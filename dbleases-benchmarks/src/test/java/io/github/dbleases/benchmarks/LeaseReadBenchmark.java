package io.github.dbleases.benchmarks;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseClientConfig;
import io.github.dbleases.PartitionSet;
import io.github.dbleases.internal.client.LeaseClients;
import io.github.dbleases.memory.InMemoryLeaseStore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of reading a lease, compared with the two clock reads that it needs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LeaseReadBenchmark {

    private LeaseClient client;
    private Lease lease;

    @Setup(Level.Trial)
    public void join() throws InterruptedException {
        client = LeaseClients.start(LeaseClientConfig.defaults(), new InMemoryLeaseStore());
        lease = client.lease("orders", 128);
        while (lease.values().size() < 128) {
            Thread.onSpinWait();
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        client.close();
    }

    @Benchmark
    public boolean twoClockReads() {
        return System.nanoTime() < 0 | System.currentTimeMillis() < 0;
    }

    @Benchmark
    public PartitionSet values() {
        return lease.values();
    }

    @Benchmark
    public boolean owns() {
        return lease.owns(77);
    }
}
