package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyHashTests {

    /** The numbers are those of {@code ('x' || left(md5(key), 15))::bit(60)::bigint % partitions} in PostgreSQL. */
    @Test
    void thePartitionOfAKeyIsThatOfTheFormulaInSql() {
        assertThat(KeyHash.partitionOf("", 128)).isEqualTo(0x20);
        assertThat(KeyHash.partitionOf("", 100_000)).isEqualTo((int) (0xd41d8cd98f00b20L % 100_000));
        assertThat(KeyHash.partitionOf("Grüße", 128)).isEqualTo((int) (0x49c5f675b49037bL % 128));
    }

    @Test
    void keysAreSpreadOverAllPartitions() {
        long[] counts = new long[16];
        IntStream.range(0, 16_000).forEach(i -> counts[KeyHash.partitionOf("customer-" + i, 16)]++);

        assertThat(Arrays.stream(counts).boxed()).allMatch(count -> count > 850 && count < 1150);
    }
}
