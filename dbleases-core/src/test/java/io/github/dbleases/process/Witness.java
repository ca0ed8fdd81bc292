package io.github.dbleases.process;

import io.github.dbleases.testing.process.JavaProcess;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A process that runs {@link WitnessProcess#testify}, and its last statement. */
final class Witness implements AutoCloseable {

    private final Testimonies testimonies;
    private final JavaProcess process;
    private volatile Map<Integer, Long> owned = Map.of();

    /** Starts a process on PostgreSQL. */
    Witness(Testimonies testimonies, String jdbcUrl, String user) {
        this(testimonies, WitnessProcess.class, jdbcUrl, user);
    }

    /** Starts a process whose main class chooses the store. */
    Witness(Testimonies testimonies, Class<?> main, String... arguments) {
        this.testimonies = testimonies;
        this.process = JavaProcess.start(line -> hear(line.split(" ")), main, arguments);
    }

    /** Returns the partitions that it owned according to its last statement. */
    Set<Integer> owned() {
        Set<Integer> partitions = new HashSet<>(owned.keySet());
        partitions.remove(WitnessProcess.LEADERSHIP);
        return partitions;
    }

    /** Returns the token of its leadership, if it led according to its last statement. */
    Optional<Long> leadership() {
        return Optional.ofNullable(owned.get(WitnessProcess.LEADERSHIP));
    }

    /** Kills the process: kill -9. */
    void kill() {
        process.kill();
        owned = Map.of();
    }

    /** Stops the process, as when it gets no processor: SIGSTOP. */
    void stop() {
        process.stop();
    }

    /** Resumes the process: SIGCONT. */
    void resume() {
        process.resume();
    }

    /** Asks the process to end, and waits until it has ended. */
    void end() {
        process.end();
        owned = Map.of();
    }

    private void hear(String[] words) {
        Map<Integer, Long> now = new HashMap<>();
        for (int i = 2; i < words.length; i++) {
            String[] pair = words[i].split(":");
            now.put(Integer.valueOf(pair[0]), Long.valueOf(pair[1]));
        }
        now.forEach((partition, token) ->
                testimonies.add(process.pid(), partition, token, Long.parseLong(words[0]), Long.parseLong(words[1])));
        owned = now;
    }

    @Override
    public void close() {
        process.close();
    }
}
