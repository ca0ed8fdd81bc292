package io.github.dbleases.process;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A process that runs {@link WitnessProcess#testify}, and what it has testified. */
final class Witness implements AutoCloseable {

    private final Testimonies testimonies;
    private final JavaProcess process;
    private volatile Map<Integer, Long> owned = Map.of();

    /** Starts a process on PostgreSQL. */
    Witness(Testimonies testimonies, String jdbcUrl, String user) throws IOException {
        this(testimonies, WitnessProcess.class, jdbcUrl, user);
    }

    /** Starts a process whose main class chooses the store. */
    Witness(Testimonies testimonies, Class<?> main, String... arguments) throws IOException {
        this.testimonies = testimonies;
        this.process = new JavaProcess(main, arguments);
        process.hear(line -> hear(line.split(" ")));
    }

    /** Returns the partitions that it owned when it last said so. */
    Set<Integer> owned() {
        Set<Integer> partitions = new HashSet<>(owned.keySet());
        partitions.remove(WitnessProcess.LEADERSHIP);
        return partitions;
    }

    /** Returns the token of its leadership if it led when it last said so. */
    Optional<Long> leadership() {
        return Optional.ofNullable(owned.get(WitnessProcess.LEADERSHIP));
    }

    /** Ends it at once: kill -9. */
    void kill() {
        process.kill();
        owned = Map.of();
    }

    /** Stops it, as when the machine does not give it a processor: SIGSTOP. */
    void stop() {
        process.stop();
    }

    /** Lets it go on: SIGCONT. */
    void goOn() {
        process.goOn();
    }

    /** Ends it politely, and waits until it is gone. */
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
