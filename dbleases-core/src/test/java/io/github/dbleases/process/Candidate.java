package io.github.dbleases.process;

import io.github.dbleases.testing.postgres.PostgresDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A {@link CandidateProcess} and when it said what last. */
final class Candidate implements AutoCloseable {

    private final String clientId;
    private final Process process;
    private final Map<String, Long> said = new ConcurrentHashMap<>();

    Candidate(PostgresDatabase database, String clientId, String timing) throws IOException {
        this.clientId = clientId;
        this.process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CandidateProcess.class.getName(),
                        database.jdbcUrl(),
                        database.user(),
                        clientId,
                        timing)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread reader = new Thread(this::read, clientId);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                if (words.length == 2) {
                    said.put(words[0], Long.valueOf(words[1]));
                }
            }
        } catch (IOException ended) {
            said.clear();
        }
    }

    String clientId() {
        return clientId;
    }

    /** Returns when it said something last, in microseconds since 1970; 0 if it has not. */
    long said(String what) {
        return said.getOrDefault(what, 0L);
    }

    boolean isCandidate() {
        return said("candidate") > said("closing");
    }

    /** Returns whether it has been elected since it became a candidate. */
    boolean isElected() {
        return process.isAlive() && said("elected") > said("closed");
    }

    /** Closes its client, or opens one again. */
    void turn() {
        try {
            process.outputWriter().write("\n");
            process.outputWriter().flush();
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    /** Ends it at once: kill -9. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
