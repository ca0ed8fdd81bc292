package io.github.dbleases.sample;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of an instance of the order desk.
 *
 * @param name of the instance, for people
 * @param orders how many orders of the file are imported, starting with the first; the whole file has 10,000
 * @param workTime how long it takes to process an order
 * @param batch how many orders of a partition are processed before it is the next partition's turn
 * @param emailTime how long it takes to send an email
 * @param launcher the address at which the process that started this instance can be asked to start others, or null
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
