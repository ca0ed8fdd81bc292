package io.github.dbleases.internal.client;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.isDeclaredBy;
import static net.bytebuddy.matcher.ElementMatchers.isMethod;
import static net.bytebuddy.matcher.ElementMatchers.isNative;
import static net.bytebuddy.matcher.ElementMatchers.isTypeInitializer;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.not;

import io.github.dbleases.internal.client.SimEnvironment.SimulatedError;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Random;
import java.util.stream.Stream;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.AgentBuilder.RedefinitionStrategy;
import net.bytebuddy.agent.builder.ResettableClassFileTransformer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;
import org.jspecify.annotations.Nullable;

/**
 * Errors at the entry of any method of the engine, as when memory runs out there. While they are installed, threads
 * that have armed them are interrupted at random.
 */
public final class Interruptions {

    private static final String PACKAGE = "io.github.dbleases.internal.client.";
    private static final ThreadLocal<@Nullable Interruptions> ARMED = new ThreadLocal<>();

    private final Random random;
    private final @Nullable String method;
    private double probability;
    private int thrown;

    /** Interrupts with a probability. */
    Interruptions(Random random, double probability) {
        this(random, null, probability);
    }

    private Interruptions(Random random, @Nullable String method, double probability) {
        this.random = random;
        this.method = method;
        this.probability = probability;
    }

    /** Interrupts each call of a method, given as {@code Class.method}. */
    static Interruptions at(String method) {
        return new Interruptions(new Random(), PACKAGE + method, 1);
    }

    /** Stops interrupting. */
    void end() {
        probability = 0;
    }

    /** Runs an action that is interrupted at random. */
    void during(Runnable action) {
        Interruptions before = ARMED.get();
        ARMED.set(this);
        try {
            action.run();
        } finally {
            ARMED.set(before);
        }
    }

    /** Returns how often a call was interrupted. */
    int thrown() {
        return thrown;
    }

    /** Called at the entry of each method of the engine. */
    public static void check(String entered) {
        Interruptions armed = ARMED.get();
        if (armed != null
                && (armed.method == null || armed.method.equals(entered))
                && armed.random.nextDouble() < armed.probability) {
            armed.thrown++;
            throw new SimulatedError();
        }
    }

    /** Installs the errors in the classes of the engine. */
    static Installed install() {
        loadTheEngine();
        Instrumentation instrumentation = ByteBuddyAgent.install();
        ResettableClassFileTransformer transformer = new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(RedefinitionStrategy.RETRANSFORMATION)
                .type((type, loader, module, redefined, domain) ->
                        type.getName().startsWith(PACKAGE) && isOfTheEngine(domain))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(Entry.class).on(interruptible())))
                .installOn(instrumentation);
        return () -> transformer.reset(instrumentation, RedefinitionStrategy.RETRANSFORMATION);
    }

    /** A class that is loaded for the first time while another one is being instrumented would be left out. */
    private static void loadTheEngine() {
        try {
            Path classes = Path.of(Engine.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (Stream<Path> files = Files.list(classes.resolve(PACKAGE.replace('.', '/')))) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString().replace(".class", "");
                    if (!name.equals("package-info")) {
                        Class.forName(PACKAGE + name);
                    }
                }
            }
        } catch (IOException | URISyntaxException | ClassNotFoundException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Returns whether a class belongs to the engine and not to the tests. */
    private static boolean isOfTheEngine(@Nullable ProtectionDomain domain) {
        URI place = domain == null
                ? URI.create("nowhere:/")
                : URI.create(String.valueOf(domain.getCodeSource().getLocation()));
        return !place.getPath().endsWith("/test-classes/");
    }

    /**
     * Matches all methods except for those that need no memory: the counting of holds on a user's threads, the end of a
     * stop, the entry of a thread, and the calls of listeners, whose errors are not the engine's.
     */
    private static ElementMatcher<MethodDescription> interruptible() {
        return isMethod()
                .and(not(isAbstract()))
                .and(not(isNative()))
                .and(not(isTypeInitializer()))
                .and(not(in("OwnedPartition").and(namedOneOf("tryHold", "release", "refuseHolds"))))
                .and(not(in("JoinedLease$OpenHold").and(named("close"))))
                .and(not(in("JoinedLeases").and(named("stopped"))))
                .and(not(in("ListenerQueue").and(named("runNext"))))
                .and(not(in("Listeners", "TaskMembership", "EventPublisher").and(nameStartsWith("lambda$"))))
                .and(not(in("Observers$ObservedListener").and(namedOneOf("assigned", "revoked", "failed"))))
                .and(not(in(
                        "OwnershipListener$OfLease",
                        "OwnershipListener$OfLeadership",
                        "EventPublisher$OfLease",
                        "EventPublisher$OfElection")));
    }

    private static ElementMatcher.Junction<MethodDescription> in(String... classes) {
        return isDeclaredBy(
                namedOneOf(Stream.of(classes).map(name -> PACKAGE + name).toArray(String[]::new)));
    }

    /** Removes the instrumentation. */
    interface Installed extends AutoCloseable {

        @Override
        void close();
    }

    /** The code that is added to the beginning of each method. */
    static final class Entry {

        private Entry() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Origin("#t.#m") String entered) {
            check(entered);
        }
    }
}
