package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clusters of many clients, in which the work depends on what changes and not on how many clients there are. */
@Order(3)
class ScaleScenarioTests extends Scenario {

    private static final int CLIENTS = 100;
    private static final int PARTITIONS = 500;
    private static final int MANY_CLIENTS = 200;
    private static final int MANY_PARTITIONS = 1_000;
    private static final int CHANGES = 40;

    @Test
    void manyClientsThatJoinTogetherMakeFewPlans() {
        List<SimProcess> clients = start(CLIENTS, PARTITIONS);
        settle();

        assertThat(clients).allMatch(client -> client.view("orders").size() == PARTITIONS / CLIENTS);
        assertThat(database.plans()).isLessThanOrEqualTo(10);
        assertThat(workRequests(clients)).isLessThanOrEqualTo(12 * CLIENTS);
    }

    @Test
    void manyClientsThatComeOneAfterAnotherMakeFewPlans() {
        for (int i = 0; i < CLIENTS; i++) {
            start(PARTITIONS);
            cluster.run(Duration.ofMillis(50));
        }
        settle();

        assertThat(database.plans()).isLessThanOrEqualTo(20);
    }

    @Test
    void manyClientsThatDieTogetherAreReplacedWithFewPlans() {
        List<SimProcess> clients = start(CLIENTS, PARTITIONS);
        settle();
        int before = database.plans();

        clients.subList(0, CLIENTS / 2).forEach(client -> client.environment().crash());
        cluster.run(Duration.ofSeconds(30));
        settle();

        assertThat(orders().snapshot().members()).hasSize(CLIENTS / 2);
        assertThat(database.plans() - before).isLessThanOrEqualTo(10);
    }

    @Test
    void aClientThatJoinsManyOthersOnlyAsksThoseThatHaveTooMuch() {
        List<SimProcess> clients = start(CLIENTS, PARTITIONS);
        settle();
        long requests = workRequests(clients);
        int plans = database.plans();
        Map<Integer, Long> owners = owners();

        SimProcess joined = start(PARTITIONS);
        await(() -> joined.view("orders").size() == 4, SOON);

        assertThat(moved(owners)).hasSize(4);
        assertThat(database.plans() - plans).isLessThanOrEqualTo(1);
        assertThat(workRequests(clients) - requests)
                .as("those that hand over read what they own, hand it over, and perhaps audit")
                .isLessThanOrEqualTo(4 * 4);
    }

    @Test
    void theBalancingOfAJoinIsNotForgottenWhenTheClientThatJoinedLastDies() {
        SimProcess owner = start(4);
        settle();
        SimProcess joined = start(4);
        cluster.run(CONFIG.debounce().dividedBy(2));
        SimProcess last = start(4);
        await(() -> members() == 3, SOON);
        last.environment().crash();

        await(() -> joined.view("orders").size() >= 1, CONFIG.debounce().multipliedBy(4));
        assertThat(owner.view("orders").size()).isLessThan(4);
    }

    /**
     * In a random schedule of joins, departures and crashes among hundreds of clients, a change costs a limited number of
     * requests. If each of the others made a single one, there would be {@code MANY_CLIENTS} for each change.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 5})
    void whatAChangeCostsDoesNotDependOnHowManyClientsThereAre(long seed) {
        Random random = new Random(seed);
        List<SimProcess> clients = start(MANY_CLIENTS, MANY_PARTITIONS);
        settle();
        List<SimProcess> everStarted = new ArrayList<>(clients);
        int plans = database.plans();
        long requests = workRequests(everStarted);
        Map<Integer, Long> tokens = tokens();

        for (int change = 0; change < CHANGES; change++) {
            change(clients, everStarted, random);
            cluster.run(Duration.ofMillis(random.nextInt(2_000)));
        }
        settle();

        long moved = MANY_PARTITIONS - unchanged(tokens);
        assertThat(orders().snapshot().members()).hasSize(clients.size());
        assertThat(database.plans() - plans).isLessThanOrEqualTo(CHANGES);
        assertThat(workRequests(everStarted) - requests).isLessThanOrEqualTo(8 * CHANGES + 2 * moved);
    }

    private void change(List<SimProcess> clients, List<SimProcess> everStarted, Random random) {
        SimProcess one = clients.get(random.nextInt(clients.size()));
        switch (random.nextInt(3)) {
            case 0 -> {
                SimProcess joined = start(MANY_PARTITIONS);
                clients.add(joined);
                everStarted.add(joined);
            }
            case 1 -> {
                clients.remove(one);
                one.close();
            }
            default -> {
                clients.remove(one);
                one.environment().crash();
            }
        }
    }

    private static long workRequests(List<SimProcess> clients) {
        return clients.stream()
                .mapToLong(client -> client.environment().otherRequests())
                .sum();
    }
}
