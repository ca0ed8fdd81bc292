package io.github.dbleases.benchmarks;

import io.github.dbleases.PartitionSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of looking up one partition, and of iterating over all owned partitions. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PartitionSetBenchmark {

    private final PartitionSet everyThird =
            PartitionSet.of(IntStream.range(0, 1024).filter(i -> i % 3 == 0).toArray());

    private int next;

    @Benchmark
    public boolean contains() {
        next = (next + 1) & 1023;
        return everyThird.contains(next);
    }

    @Benchmark
    public int[] toIntArray() {
        return everyThird.toIntArray();
    }
}
