package io.github.dbleases.testing.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PostgresChoiceTests {

    private static final Path INSTALLED = Path.of("/usr/lib/postgresql/15/bin");

    @Test
    void withoutDockerTheServersAreEmbedded() {
        assertThat(PostgresChoice.forVersion(PostgresVersion.OLDEST, environment(null, false)))
                .isEqualTo(new PostgresChoice.Embedded(PostgresVersion.OLDEST));
    }

    @Test
    void withDockerTheServersAreContainersOfTheSameVersion() {
        assertThat(PostgresChoice.forVersion(PostgresVersion.OLDEST, environment(null, true)))
                .isEqualTo(new PostgresChoice.Container("14"));
    }

    @Test
    void nothingIsAddedByDefault() {
        assertThat(PostgresChoice.additional(environment(null, true))).isEmpty();
        assertThat(PostgresChoice.additional(environment(" ", true))).isEmpty();
    }

    @Test
    void aVersionSelectsTheInstalledServerEvenWithDocker() {
        assertThat(PostgresChoice.additional(environment("15", true)))
                .contains(new PostgresChoice.Installed(INSTALLED));
    }

    @Test
    void aVersionThatIsNotInstalledSelectsAContainer() {
        assertThat(PostgresChoice.additional(environment("16", true))).contains(new PostgresChoice.Container("16"));
    }

    @Test
    void aVersionThatCannotBeFoundIsRefused() {
        assertThatThrownBy(() -> PostgresChoice.additional(environment("16", false)))
                .hasMessage(
                        "dbleases.test.postgres=16, but there is no /usr/lib/postgresql/16/bin and no Docker engine");
    }

    @Test
    void aJdbcUrlSelectsARunningServer() {
        String url = "jdbc:postgresql://db.example:5433/postgres?user=tester&password=secret";

        assertThat(PostgresChoice.additional(environment(url, false))).contains(new PostgresChoice.Remote(url));

        PostgresServer server = RemotePostgres.at(url);
        assertThat(server.host()).isEqualTo("db.example");
        assertThat(server.port()).isEqualTo(5433);
        assertThat(server.user()).isEqualTo("tester");
        assertThat(server.password()).isEqualTo("secret");
        assertThatThrownBy(server::stopImmediate).isInstanceOf(UnsupportedOperationException.class);
    }

    private static PostgresChoice.Environment environment(String property, boolean docker) {
        return new PostgresChoice.Environment(property, () -> docker, INSTALLED::equals);
    }
}
