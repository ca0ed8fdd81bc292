package io.github.dbleases.testing.postgres;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/** The origin of a server. */
sealed interface PostgresChoice {

    String PROPERTY = "dbleases.test.postgres";

    PostgresServer start(Map<String, String> settings);

    /** Binaries from the class path. */
    record Embedded(PostgresVersion version) implements PostgresChoice {
        @Override
        public PostgresServer start(Map<String, String> settings) {
            return LocalPostgres.start(PostgresBinaries.embedded(version), settings);
        }
    }

    /** Binaries that a package of the operating system has installed. */
    record Installed(Path binaries) implements PostgresChoice {
        @Override
        public PostgresServer start(Map<String, String> settings) {
            return LocalPostgres.start(binaries, settings);
        }
    }

    /** A container of the official image. */
    record Container(String majorVersion) implements PostgresChoice {
        @Override
        public PostgresServer start(Map<String, String> settings) {
            return ContainerPostgres.start(majorVersion, settings);
        }
    }

    /** A server that is already running. It is neither configured nor stopped. */
    record Remote(String jdbcUrl) implements PostgresChoice {
        @Override
        public PostgresServer start(Map<String, String> settings) {
            return RemotePostgres.at(jdbcUrl);
        }
    }

    static PostgresChoice forVersion(PostgresVersion version, Environment environment) {
        return environment.docker().getAsBoolean() ? new Container(version.major()) : new Embedded(version);
    }

    static Optional<PostgresChoice> additional(Environment environment) {
        String wanted = environment.property();
        if (wanted == null || wanted.isBlank()) {
            return Optional.empty();
        }
        if (wanted.startsWith("jdbc:")) {
            return Optional.of(new Remote(wanted));
        }
        Path installed = Path.of("/usr/lib/postgresql", wanted, "bin");
        if (environment.directories().test(installed)) {
            return Optional.of(new Installed(installed));
        }
        if (environment.docker().getAsBoolean()) {
            return Optional.of(new Container(wanted));
        }
        throw new IllegalStateException(
                "%s=%s, but there is no %s and no Docker engine".formatted(PROPERTY, wanted, installed));
    }

    /**
     * The inputs of the choice.
     *
     * @param property the value of the system property, or null
     * @param docker whether a Docker engine answers
     * @param directories whether a directory exists
     */
    record Environment(@Nullable String property, BooleanSupplier docker, Predicate<Path> directories) {

        static Environment current() {
            return new Environment(System.getProperty(PROPERTY), Docker::answers, Files::isDirectory);
        }
    }

    /** Asks once. If nothing indicates an engine, skips the search and the warnings of Testcontainers. */
    final class Docker {

        private static final boolean ANSWERS = (System.getenv("DOCKER_HOST") != null
                        || Files.exists(Path.of("/var/run/docker.sock"))
                        || Files.exists(Path.of(System.getProperty("user.home"), ".testcontainers.properties")))
                && DockerClientFactory.instance().isDockerAvailable();

        private Docker() {}

        static boolean answers() {
            return ANSWERS;
        }
    }
}
