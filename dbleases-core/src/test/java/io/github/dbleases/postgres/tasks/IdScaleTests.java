package io.github.dbleases.postgres.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class IdScaleTests {

    @ParameterizedTest
    @CsvSource({"bigint, BIGINT", "integer, INTEGER", "uuid, UUIDS", "smallint,", "text,", "numeric,"})
    void integersAndUuidsHaveAScale(String type, IdScale scale) {
        assertThat(IdScale.of(type)).isEqualTo(scale);
    }

    @ParameterizedTest
    @EnumSource
    void theFirstIdAtAPositionHasThatPosition(IdScale scale) {
        for (long position : List.of(0L, 1L, 77L, scale.last() - 1, scale.last())) {
            assertThat(scale.position(scale.firstAt(position))).isEqualTo(position);
        }
    }

    @Test
    void negativeIdsComeBeforePositiveOnes() {
        assertThat(IdScale.BIGINT.position("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void uuidsAreOrderedAsInPostgreSql() {
        List<String> ids = List.of(
                "00000000-0000-0000-0000-000000000000",
                "00000000-0000-0000-ffff-ffffffffffff",
                "00000000-0000-0002-0000-000000000000",
                "7fffffff-ffff-4fff-8fff-ffffffffffff",
                "80000000-0000-4000-8000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff");
        assertThat(ids).extracting(IdScale.UUIDS::position).isSorted();
        assertThat(IdScale.UUIDS.position(ids.get(5))).isEqualTo(IdScale.UUIDS.last());
        assertThat(IdScale.UUIDS.firstAt(1)).isEqualTo(new UUID(2, 0).toString());
    }
}
