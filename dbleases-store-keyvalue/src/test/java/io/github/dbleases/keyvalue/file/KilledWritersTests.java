package io.github.dbleases.keyvalue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that write the same document are repeatedly killed in the middle of a write. */
class KilledWritersTests {

    private static final int KILLS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final Random random = new Random(42);
    private final List<Writer> running = new ArrayList<>();
    private final List<Writer> all = new ArrayList<>();

    @AfterEach
    void end() {
        all.forEach(Writer::kill);
    }

    @Test
    void killsLoseNoWriteTearNoDocumentAndLeaveNoLock() throws Exception {
        for (int i = 0; i < 3; i++) {
            start();
        }
        for (int kill = 0; kill < KILLS; kill++) {
            Writer victim = running.remove(random.nextInt(running.size()));
            int wanted = victim.written() + 1 + random.nextInt(20);
            await().atMost(PATIENCE).until(() -> victim.written() >= wanted);
            victim.kill();
            start();
        }
        running.forEach(Writer::kill);

        FileBackend backend = new FileBackend(directory);
        long last = CountingProcess.number(
                backend.get(CountingProcess.KEY).orElseThrow().content());
        List<Long> written = all.stream()
                .flatMap(writer -> writer.numbers().stream())
                .sorted()
                .toList();
        assertThat(written).doesNotHaveDuplicates().allMatch(number -> number <= last);
        assertThat(last - written.size())
                .as("numbers that were written but not printed before the kill")
                .isBetween(0L, (long) all.size());
        assertThat(backend.put("lease/orders", "", null)).isPresent();
    }

    private void start() throws IOException {
        Writer writer = new Writer(directory);
        running.add(writer);
        all.add(writer);
    }

    /** A {@link CountingProcess} and the numbers that it has printed. */
    private static final class Writer {

        private final Process process;
        private final List<Long> numbers = new ArrayList<>();
        private final CompletableFuture<Void> reading;

        private Writer(Path directory) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Xshare:auto",
                            "-cp",
                            System.getProperty("java.class.path"),
                            CountingProcess.class.getName(),
                            directory.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            // Not in the common pool, because each reader blocks a thread until its process prints something.
            reading = CompletableFuture.runAsync(this::read, task -> new Thread(task).start());
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                lines.lines().forEach(line -> {
                    synchronized (numbers) {
                        numbers.add(Long.valueOf(line));
                    }
                });
            } catch (IOException ended) {
                throw new IllegalStateException(ended);
            }
        }

        private int written() {
            return numbers().size();
        }

        private List<Long> numbers() {
            synchronized (numbers) {
                return List.copyOf(numbers);
            }
        }

        /** Kills the process and reads the rest of its output. */
        private void kill() {
            // Through the handle, because the process object would close the stream while it is being read.
            process.toHandle().destroyForcibly();
            process.onExit().join();
            reading.join();
        }
    }
}
