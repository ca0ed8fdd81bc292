package io.github.dbleases.sample;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an instance of the order desk can be told.
 *
 * @param name of the instance, for people
 * @param orders how many orders of the file are imported, the first ones; the whole file has 10,000
 * @param workTime how long the work for one order takes
 * @param batch how many orders of a partition are done before the next partition has its turn
 * @param emailTime how long the sending of one email takes
 * @param launcher where the process that started this instance can be asked to start others, null if there is none
 */
@ConfigurationProperties("sample")
public record SampleProperties(
        String name,
        @DefaultValue("10000") int orders,
        @DefaultValue("5ms") Duration workTime,
        @DefaultValue("10") int batch,
        @DefaultValue("2ms") Duration emailTime,
        @Nullable URI launcher) {

    public SampleProperties {
        if (orders < 0) {
            throw new IllegalArgumentException(
                    "sample.orders is %d, but must be 0 (import none) or more.".formatted(orders));
        }
        if (workTime.isNegative()) {
            throw new IllegalArgumentException("sample.work-time is %s, but must not be negative.".formatted(workTime));
        }
        if (batch < 1) {
            throw new IllegalArgumentException("sample.batch is %d, but must be 1 or more.".formatted(batch));
        }
        if (emailTime.isNegative()) {
            throw new IllegalArgumentException(
                    "sample.email-time is %s, but must not be negative.".formatted(emailTime));
        }
    }
}
