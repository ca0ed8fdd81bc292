package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class EmptyContextTests {

    @Test
    void anEmptyContextStarts() {
        new ApplicationContextRunner().run(context -> assertThat(context).hasNotFailed());
    }
}
