package io.github.dbleases.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A {@link WitnessProcess} and what it has testified. */
final class Witness implements AutoCloseable {

    private final Process process;
    private final Testimonies testimonies;
    private final Thread reader;
    private volatile Map<Integer, Long> owned = Map.of();

    /** Starts a process on a store: a JDBC URL and a user, or a directory. */
    Witness(Testimonies testimonies, String... store) throws IOException {
        this.testimonies = testimonies;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                WitnessProcess.class.getName()));
        command.addAll(List.of(store));
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.reader = new Thread(this::read, "witness-" + process.pid());
        reader.setDaemon(true);
        reader.start();
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
        process.destroyForcibly().onExit().join();
        owned = Map.of();
    }

    /** Stops it, as when the machine does not give it a processor: SIGSTOP. */
    void stop() {
        signal("STOP");
    }

    /** Lets it go on: SIGCONT. */
    void goOn() {
        signal("CONT");
    }

    /** Ends it politely, and waits until it is gone. */
    void end() {
        try (OutputStream input = process.getOutputStream()) {
            input.write('\n');
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        process.onExit().join();
        owned = Map.of();
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .join();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line.split(" "));
            }
        } catch (IOException ended) {
            owned = Map.of();
        }
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
        process.destroyForcibly().onExit().join();
    }
}
