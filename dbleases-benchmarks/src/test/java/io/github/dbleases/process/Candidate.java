package io.github.dbleases.process;

import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.process.JavaProcess;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A {@link CandidateProcess}, with the times of its last messages. */
final class Candidate implements AutoCloseable {

    private final String clientId;
    private final JavaProcess process;
    private final Map<String, Long> said = new ConcurrentHashMap<>();

    Candidate(PostgresDatabase database, String clientId, String timing) {
        this.clientId = clientId;
        this.process = JavaProcess.start(
                line -> hear(line.split(" ")),
                CandidateProcess.class,
                database.jdbcUrl(),
                database.user(),
                clientId,
                timing);
    }

    private void hear(String[] words) {
        if (words.length == 2) {
            said.put(words[0], Long.valueOf(words[1]));
        }
    }

    String clientId() {
        return clientId;
    }

    /** Returns when it last sent a message, in microseconds since 1970, or 0 if it never has. */
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
        process.tell();
    }

    /** Kills the process: kill -9. */
    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        kill();
    }
}
