package io.github.dbleases.sample.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchPlanTests {

    @Test
    void withoutArgumentsThreeInstancesRunOnAnEmbeddedDatabase() {
        LaunchPlan plan = LaunchPlan.of();

        assertThat(plan).isEqualTo(new LaunchPlan(3, 8080, true, List.of()));
    }

    @Test
    void everyOtherArgumentIsPassedToEachInstance() {
        LaunchPlan plan = LaunchPlan.of(
                "--sample.instances=5",
                "--server.port=9000",
                "--dbleases.ttl=3s",
                "--dbleases.leases.reports.partitions=16",
                "--sample.orders=0",
                "--debug");

        assertThat(plan.instances()).isEqualTo(5);
        assertThat(plan.firstPort()).isEqualTo(9000);
        assertThat(plan.arguments())
                .containsExactly(
                        "--dbleases.ttl=3s", "--dbleases.leases.reports.partitions=16", "--sample.orders=0", "--debug");
    }

    @Test
    void aDatabaseOfTheUserReplacesTheEmbeddedOne() {
        LaunchPlan plan = LaunchPlan.of("--spring.datasource.url=jdbc:postgresql://db/desk");

        assertThat(plan.embeddedDatabase()).isFalse();
        assertThat(plan.arguments()).containsExactly("--spring.datasource.url=jdbc:postgresql://db/desk");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--sample.instances=0", "--sample.instances=many", "--server.port=70000", "--server.port=-1"})
    void aWrongNumberIsRefusedByName(String argument) {
        String name = argument.substring(2, argument.indexOf('='));

        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> LaunchPlan.of(argument))
                .withMessageStartingWith(name + " is ");
    }

    @Test
    void aPortThatIsInUseIsRefusedWithARemedy() throws IOException {
        try (ServerSocket other = new ServerSocket(0)) {
            LaunchPlan plan = LaunchPlan.of("--sample.instances=2", "--server.port=" + other.getLocalPort());

            assertThatExceptionOfType(LaunchException.class)
                    .isThrownBy(plan::freePorts)
                    .withMessageContaining("Port %d is in use", other.getLocalPort())
                    .withMessageContaining("--server.port=");
        }
    }

    @Test
    void portZeroGivesEachInstanceAFreePortOfItsOwn() {
        assertThat(LaunchPlan.of("--server.port=0").freePorts())
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allSatisfy(port -> assertThat(port).isPositive());
    }
}
