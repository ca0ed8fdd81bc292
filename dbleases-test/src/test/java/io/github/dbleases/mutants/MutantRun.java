package io.github.dbleases.mutants;

import io.github.dbleases.mutants.Killers.Outcome;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Breaks one safety check after another, runs the tests that must notice it, and prints a table. The run fails unless a
 * test fails for each mutant. The argument is a regular expression that selects mutants by their names and by the names
 * of the classes that they edit.
 */
final class MutantRun {

    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** Each simulated schedule takes some milliseconds. If a few hundred don't find a mutant, a smaller test must. */
    private static final int SCHEDULES = 400;

    private static final String CLASS_PATH = System.getProperty("java.class.path");

    private final PrintStream out;
    private final Path directory;

    private MutantRun(PrintStream out, Path directory) {
        this.out = out;
        this.directory = directory;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Pattern which = Pattern.compile(arguments[0]);
        List<Mutant> chosen = Mutants.ALL.stream()
                .filter(mutant -> which.matcher(mutant.name()).find()
                        || which.matcher(mutant.owner()).find())
                .toList();
        Path directory = Files.createTempDirectory("mutants");
        try {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            boolean killed = new MutantRun(out, directory).run(chosen);
            System.exit(killed ? 0 : 1);
        } finally {
            delete(directory);
        }
    }

    /** Returns whether there were mutants and all of them were killed. */
    private boolean run(List<Mutant> mutants) throws IOException, InterruptedException {
        out.println("| mutant | class | what it does | killed by | seconds |");
        out.println("|---|---|---|---|---|");
        if (!runUnchanged(mutants)) {
            return false;
        }
        int alive = 0;
        for (Mutant mutant : mutants) {
            long start = System.nanoTime();
            String killer = kill(mutant);
            print(
                    mutant.name(),
                    "`" + mutant.owner() + "`",
                    mutant.what(),
                    killer == null ? "**survived**" : killer,
                    start);
            alive += killer == null ? 1 : 0;
        }
        out.printf("%n%d mutants, %d survived%n", mutants.size(), alive);
        return alive == 0 && !mutants.isEmpty();
    }

    /** Runs the tests without a mutant, because tests that fail anyway would kill every mutant. */
    private boolean runUnchanged(List<Mutant> mutants) throws IOException, InterruptedException {
        long start = System.nanoTime();
        List<String> tests = mutants.stream()
                .flatMap(mutant -> mutant.killers().stream())
                .distinct()
                .sorted()
                .toList();
        Outcome outcome = test(List.of(), tests);
        if (!outcome.killer().isEmpty() || !outcome.problem().isEmpty()) {
            out.println("Without any mutant: " + outcome);
            return false;
        }
        print("none", "", "all tests that are named below", "%d tests pass".formatted(outcome.tests()), start);
        return true;
    }

    private void print(String name, String owner, String what, String result, long start) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        out.printf("| %s | %s | %s | %s | %d |%n", name, owner, what, result, seconds);
    }

    private @Nullable String kill(Mutant mutant) throws IOException, InterruptedException {
        Path classes = Files.createTempDirectory(directory, "classes");
        compile(mutant, classes);
        Outcome outcome = test(List.of(classes.toString()), mutant.killers());
        delete(classes);
        if (outcome.killer().isEmpty() && !outcome.problem().isEmpty()) {
            throw new IllegalStateException("Mutant '%s': %s".formatted(mutant.name(), outcome.problem()));
        }
        return outcome.killer().isEmpty() ? null : "`" + outcome.killer() + "`";
    }

    /**
     * Compiles only the edited class. Don't edit a constant that other classes use: they would keep the old value, and
     * the mutant would survive.
     */
    private static void compile(Mutant mutant, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-d", classes.toString(), "-classpath", CLASS_PATH, "-proc:none", "-nowarn");
        List<Source> sources = List.of(new Source(mutant.file().toUri(), mutant.source()));
        if (!compiler.getTask(messages, null, null, options, null, sources).call()) {
            throw new IllegalStateException("Mutant '%s' does not compile:%n%s".formatted(mutant.name(), messages));
        }
    }

    /** Runs tests in a separate process, with the given classes first on the class path. */
    private Outcome test(List<String> classes, Collection<String> tests) throws IOException, InterruptedException {
        Path report = Files.createTempFile(directory, "outcome", ".txt");
        List<String> path = new ArrayList<>(classes);
        path.add(CLASS_PATH);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+EnableDynamicAgentLoading",
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=8",
                "-Ddbleases.simulation.schedules=" + SCHEDULES,
                "-cp",
                String.join(File.pathSeparator, path),
                Killers.class.getName(),
                report.toString()));
        command.addAll(tests);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        Files.createTempFile(directory, "output", ".txt").toFile())
                .start();
        boolean ended =
                classes.isEmpty() ? process.waitFor() == 0 : process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            return new Outcome(0, "", "not over after %d s".formatted(LONGEST.toSeconds()));
        }
        return Outcome.read(report);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A source in memory. */
    private static final class Source extends SimpleJavaFileObject {

        private final String content;

        private Source(URI uri, String content) {
            super(uri, Kind.SOURCE);
            this.content = content;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }
}
