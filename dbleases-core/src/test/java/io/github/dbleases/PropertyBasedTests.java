package io.github.dbleases;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** Proves that the build runs properties: a test engine that is not found would report no failure. */
class PropertyBasedTests {

    private static final AtomicInteger TRIES = new AtomicInteger();

    @Property(tries = 100)
    void theSumOfTwoIntegersDoesNotDependOnTheirOrder(@ForAll int a, @ForAll int b) {
        TRIES.incrementAndGet();
        assertThat(a + b).isEqualTo(b + a);
    }

    @AfterContainer
    static void everyTryWasMade() {
        assertThat(TRIES).hasValue(100);
    }
}
