package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.spring.FakeLeaseClient;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;

class RetirementTests {

    private final FakeLeaseClient client = new FakeLeaseClient();
    private final GenericApplicationContext context = new GenericApplicationContext();

    @Test
    void whenTheContextClosesTheClientTakesUpNothingNew() {
        refresh();

        context.close();

        assertThat(client.isRetired()).isTrue();
    }

    @Test
    void whenAChildContextClosesTheClientGoesOn() {
        refresh();
        GenericApplicationContext child = new GenericApplicationContext(context);
        child.refresh();

        child.close();

        assertThat(client.isRetired()).isFalse();
        context.close();
    }

    private void refresh() {
        context.registerBean(Retirement.class, () -> new Retirement(client, context));
        context.refresh();
    }
}
