package io.github.dbleases.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A process that runs tests until one fails, and writes the outcome to a file. */
final class Killers {

    private Killers() {}

    /**
     * The outcome of the tests.
     *
     * @param tests how many tests ran
     * @param killer the test that failed, or empty
     * @param problem the problem that kept tests from running, or empty
     */
    record Outcome(long tests, String killer, String problem) {

        void write(Path file) throws IOException {
            Files.write(file, List.of(Long.toString(tests), killer, problem.replaceAll("\\R", " ")));
        }

        static Outcome read(Path file) throws IOException {
            List<String> lines = Files.readAllLines(file);
            return new Outcome(Long.parseLong(lines.get(0)), lines.get(1), lines.get(2));
        }
    }

    /** Takes the file to write to and the names of the tests. */
    public static void main(String[] arguments) throws IOException {
        List<String> tests = List.of(arguments).subList(1, arguments.length);
        run(tests).write(Path.of(arguments[0]));
        System.exit(0);
    }

    private static Outcome run(List<String> tests) {
        LauncherDiscoveryRequest discovery = request()
                .selectors(tests.stream().flatMap(Killers::selectors).toList())
                .build();
        CancellationToken cancellation = CancellationToken.create();
        Watch watch = new Watch(cancellation);
        LauncherFactory.create()
                .execute(LauncherExecutionRequestBuilder.request(discovery)
                        .cancellationToken(cancellation)
                        .listeners(watch)
                        .build());
        String problem = watch.problem == null && watch.tests == 0 ? "No test ran" : watch.problem;
        return new Outcome(watch.tests, orEmpty(watch.killer), orEmpty(problem));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Selects a class, or all methods with a name in the class, its superclasses and its nested classes. */
    static Stream<DiscoverySelector> selectors(String test) {
        String[] parts = test.split("#", 2);
        Class<?> type;
        try {
            type = Class.forName(Mutant.ROOT + parts[0]);
        } catch (ClassNotFoundException missing) {
            throw new IllegalStateException("There is no test class " + parts[0], missing);
        }
        List<Class<?>> path = path(type);
        if (parts.length == 1) {
            return Stream.of(selector(path));
        }
        List<DiscoverySelector> methods = methods(path, parts[1]).toList();
        if (methods.isEmpty()) {
            throw new IllegalStateException("There is no test %s in %s".formatted(parts[1], type));
        }
        return methods.stream();
    }

    /** Returns the classes that a nested class is in, outermost first, and the class itself. */
    private static List<Class<?>> path(Class<?> type) {
        List<Class<?>> path = new ArrayList<>();
        for (Class<?> next = type; next != null; next = next.getEnclosingClass()) {
            path.add(0, next);
        }
        return path;
    }

    private static Stream<DiscoverySelector> methods(List<Class<?>> path, String name) {
        Class<?> type = path.get(path.size() - 1);
        Stream<DiscoverySelector> own = inherited(type, Class::getDeclaredMethods)
                .filter(method -> method.getName().equals(name) && !method.isSynthetic())
                .map(method -> selector(path, method));
        Stream<DiscoverySelector> nested = inherited(type, Class::getDeclaredClasses)
                .filter(inner -> inner.isAnnotationPresent(Nested.class))
                .flatMap(inner -> {
                    List<Class<?>> deeper = new ArrayList<>(path);
                    deeper.add(inner);
                    return methods(deeper, name);
                });
        return Stream.concat(own, nested);
    }

    private static <T> Stream<T> inherited(Class<?> type, Function<Class<?>, T[]> declared) {
        return Stream.<Class<?>>iterate(type, c -> c != null, Class::getSuperclass)
                .flatMap(declaring -> Arrays.stream(declared.apply(declaring)));
    }

    private static DiscoverySelector selector(List<Class<?>> path) {
        Class<?> type = path.get(path.size() - 1);
        return path.size() == 1 ? selectClass(type) : selectNestedClass(path.subList(0, path.size() - 1), type);
    }

    private static DiscoverySelector selector(List<Class<?>> path, Method method) {
        Class<?> type = path.get(path.size() - 1);
        return path.size() == 1
                ? selectMethod(type, method)
                : selectNestedMethod(path.subList(0, path.size() - 1), type, method);
    }

    private static final class Watch implements TestExecutionListener {

        private final CancellationToken cancellation;
        private long tests;
        private @Nullable String killer;
        private @Nullable String problem;

        private Watch(CancellationToken cancellation) {
            this.cancellation = cancellation;
        }

        @Override
        public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
            if (identifier.isTest() && result.getStatus() != Status.ABORTED) {
                tests++;
            }
            if (result.getStatus() == Status.FAILED) {
                if (identifier.isTest() && killer == null) {
                    killer = name(identifier);
                } else if (problem == null) {
                    problem = identifier.getDisplayName() + ": "
                            + result.getThrowable().map(String::valueOf).orElse("failed");
                }
                cancellation.cancel();
            }
        }

        /** Returns the classes of a test, outermost first, and the method. */
        private static String name(TestIdentifier test) {
            String classes = test.getUniqueIdObject().getSegments().stream()
                    .filter(segment -> segment.getType().endsWith("class"))
                    .map(segment ->
                            segment.getValue().substring(segment.getValue().lastIndexOf('.') + 1))
                    .collect(Collectors.joining("."));
            return classes + '.' + test.getLegacyReportingName().replaceFirst("\\(.*", "");
        }
    }
}
