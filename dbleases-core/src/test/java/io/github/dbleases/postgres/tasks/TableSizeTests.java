package io.github.dbleases.postgres.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableSizeTests {

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);
    private final TableSize size = new TableSize(time::get);

    @ParameterizedTest
    @CsvSource({"0,0", "7,0", "8,1", "63,1", "64,2", "511,2", "512,3", "4095,3", "4096,4", "1000000000,4"})
    void eachStepIsEightTimesAsLarge(long pages, int step) {
        size.read(pages);
        assertThat(size.step()).isEqualTo(step);
    }

    @Test
    void theSizeIsReadIfItIsUnknownOrOld() {
        assertThat(size.isOld()).isTrue();
        size.read(5);
        assertThat(size.isOld()).isFalse();
        time.addAndGet(Duration.ofMillis(99).toNanos());
        assertThat(size.isOld()).isFalse();
        time.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(size.isOld()).isTrue();
    }
}
