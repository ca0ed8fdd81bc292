package io.github.dbleases.sample.instance;

import io.github.dbleases.sample.SampleProperties;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Asks the process that started this instance which instances it has, and to start one again. */
@Component
public class LauncherControl {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final @Nullable URI launcher;

    public LauncherControl(SampleProperties properties) {
        this.launcher = properties.launcher();
    }

    /**
     * An instance that the launcher started.
     *
     * @param name of the instance
     * @param port of its page
     * @param pid of its process, whether or not that answers; 0 if it has ended
     */
    public record Launched(String name, int port, long pid) {

        private static Launched parse(String line) {
            String[] fields = line.split(" ", -1);
            return new Launched(fields[0], Integer.parseInt(fields[1]), Long.parseLong(fields[2]));
        }
    }

    /** Returns the instances of the launcher; empty if there is no launcher or it does not answer. */
    public List<Launched> instances() {
        return send("GET", "instances")
                .filter(answer -> answer.statusCode() == 200)
                .map(answer -> answer.body().lines().map(Launched::parse).toList())
                .orElse(List.of());
    }

    /** Starts an instance that has ended, and returns whether the launcher did so. */
    public boolean start(String name) {
        return send("POST", "instances/" + name)
                .filter(answer -> answer.statusCode() == 202)
                .isPresent();
    }

    private Optional<HttpResponse<String>> send(String method, String path) {
        if (launcher == null) {
            return Optional.empty();
        }
        HttpRequest request = HttpRequest.newBuilder(launcher.resolve(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(PATIENCE)
                .build();
        try {
            return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
