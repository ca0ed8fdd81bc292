package io.github.dbleases.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderFileTests {

    @Test
    void theShippedFileIsWhatTheGeneratorWrites() throws IOException {
        try (InputStream file = OrderFile.class.getResourceAsStream("/orders.csv")) {
            assertThat(file).isNotNull();
            assertThat(file.readAllBytes())
                    .isEqualTo(OrderFileGenerator.generate().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void theFileHasTenThousandOrdersOfFiveHundredCustomersAndSomeRefunds() {
        List<OrderFile.Line> lines = OrderFile.first(Integer.MAX_VALUE);

        assertThat(lines).hasSize(10_000);
        assertThat(lines.stream().map(OrderFile.Line::customer).distinct()).hasSize(500);
        assertThat(lines.stream().map(OrderFile.Line::name).distinct()).hasSize(500);
        assertThat(lines.stream().filter(line -> line.amount() < 0).count()).isBetween(500L, 1_500L);
        assertThat(lines.stream().filter(line -> line.amount() == 0)).isEmpty();
    }

    @Test
    void theFirstLinesAreThoseWithTheLowestNumbers() {
        assertThat(OrderFile.first(3).stream().map(OrderFile.Line::order)).containsExactly(1L, 2L, 3L);
        assertThat(OrderFile.first(0)).isEmpty();
    }
}
