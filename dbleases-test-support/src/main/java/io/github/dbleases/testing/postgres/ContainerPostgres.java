package io.github.dbleases.testing.postgres;

import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.PortBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** A container of the official image, on a port that survives a restart. */
final class ContainerPostgres extends PostgresServer {

    private static final String USER = "postgres";

    private final PostgreSQLContainer container;

    private ContainerPostgres(PostgreSQLContainer container, int port) {
        super(container.getHost(), port, USER, USER);
        this.container = container;
    }

    static ContainerPostgres start(String majorVersion, Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of("postgres", "-F"));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        int port = Ports.free();
        PostgreSQLContainer container = new PostgreSQLContainer("postgres:" + majorVersion + "-alpine")
                .withUsername(USER)
                .withPassword(USER)
                .withDatabaseName("postgres")
                .withCreateContainerCmdModifier(create -> Objects.requireNonNull(create.getHostConfig())
                        .withPortBindings(PortBinding.parse(port + ":" + PostgreSQLContainer.POSTGRESQL_PORT)));
        container.setCommand(command.toArray(String[]::new));
        container.start();
        return new ContainerPostgres(container, port);
    }

    @Override
    void stop(StopMode mode) {
        // The signals of the shutdown modes in PostgreSQL's documentation.
        String signal = switch (mode) {
            case IMMEDIATE -> "SIGQUIT";
            case FAST -> "SIGINT";
        };
        String id = container.getContainerId();
        container.getDockerClient().killContainerCmd(id).withSignal(signal).exec();
        container
                .getDockerClient()
                .waitContainerCmd(id)
                .exec(new WaitContainerResultCallback())
                .awaitStatusCode();
    }

    @Override
    void startAgain() {
        container
                .getDockerClient()
                .startContainerCmd(container.getContainerId())
                .exec();
        Ports.awaitConnection(this);
    }

    @Override
    void remove() {
        container.stop();
    }
}
