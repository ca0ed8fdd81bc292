package io.github.dbleases.spring.leader;

import io.github.dbleases.DbLeasesException;
import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.LeaderOnly.OnLoss;
import io.github.dbleases.LeaderOnly.Otherwise;
import io.github.dbleases.LeaseSpec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringValueResolver;

/** Creates the guards of methods, and refuses methods whose calls cannot be skipped or held. */
final class Rules {

    /** A subscriber runs these later, possibly more than once, when it is no longer checked who leads. */
    private static final Set<String> REACTIVE = Set.of(
            "java.util.concurrent.Flow$Publisher",
            "org.reactivestreams.Publisher",
            "kotlinx.coroutines.Deferred",
            "kotlinx.coroutines.flow.Flow");

    private final StringValueResolver placeholders;

    Rules(StringValueResolver placeholders) {
        this.placeholders = placeholders;
    }

    /**
     * Returns the guard of a method, null if the method cannot be guarded and does not need to be.
     *
     * @throws InvalidConfigurationException if the method cannot be kept to the leader
     */
    @Nullable
    Guard guard(AnnotatedMethod annotated, Class<?> targetClass) {
        Method method = annotated.method();
        ResolvableType type = ResolvableType.forMethodReturnType(method, targetClass);
        Class<?> result = type.resolve(Object.class);
        try {
            requireInterceptable(annotated);
            requireHoldable(annotated, result);
            requireSkippable(annotated, result);
        } catch (InvalidConfigurationException refused) {
            if (annotated.onMethod() || Modifier.isPublic(method.getModifiers())) {
                throw refused;
            }
            // A part of an annotated class that only the class itself or its package calls.
            return null;
        }
        return new Guard(annotated, name(annotated), EmptyResults.of(type));
    }

    private static void requireInterceptable(AnnotatedMethod annotated) {
        Method method = annotated.method();
        if (Modifier.isStatic(method.getModifiers()) || Modifier.isPrivate(method.getModifiers())) {
            throw refuse(
                    annotated,
                    "it is " + (Modifier.isStatic(method.getModifiers()) ? "static" : "private")
                            + ", and calls of it cannot be intercepted",
                    "Make it an instance method of a bean that is not private.");
        }
        if (AnnotatedElementUtils.hasAnnotation(method, Bean.class)) {
            throw refuse(
                    annotated,
                    "it creates a bean, and is called when the application starts",
                    "Put @LeaderOnly on the class of that bean or on its methods.");
        }
        for (String callback : Set.of("jakarta.annotation.PostConstruct", "jakarta.annotation.PreDestroy")) {
            if (annotated.onMethod() && AnnotatedElementUtils.isAnnotated(method, callback)) {
                throw refuse(
                        annotated,
                        "it is a @" + ClassUtils.getShortName(callback)
                                + " method, which the container calls without its interceptors",
                        "Move the work of the leader into a separate method that another bean calls, or into a "
                                + "LeadershipListener.");
            }
        }
    }

    private static void requireHoldable(AnnotatedMethod annotated, Class<?> result) {
        if (isSuspending(annotated.method()) || isReactive(result)) {
            throw refuse(
                    annotated,
                    (isSuspending(annotated.method())
                                    ? "it is a suspending function"
                                    : "it returns a " + result.getName())
                            + ", and who leads would be checked before its work begins and not while it runs",
                    "Do the work in a method that returns when it is done, or return a CompletableFuture.");
        }
        if (annotated.annotation().onLoss() == OnLoss.INTERRUPT && endsLater(result)) {
            throw refuse(annotated, "it returns a " + result.getName() + ", and " + NOT_INTERRUPTIBLE, FINISH);
        }
    }

    static final String NOT_INTERRUPTIBLE =
            "onLoss = INTERRUPT cannot interrupt work that other threads do after the call has returned";
    static final String FINISH = "Leave onLoss at FINISH, and look at CurrentLeadership.isTrusted() in the work.";

    private static void requireSkippable(AnnotatedMethod annotated, Class<?> result) {
        if (annotated.annotation().otherwise() == Otherwise.THROW) {
            return;
        }
        if (result.isPrimitive() && result != void.class) {
            throw refuse(
                    annotated,
                    "it returns " + result.getName() + ", and no " + result.getName() + " says that a call was skipped",
                    "Return an object (an Optional, or the boxed type, which is null then), or set otherwise = THROW.");
        }
        if (Future.class.isAssignableFrom(result)
                && result != Future.class
                && !result.isAssignableFrom(CompletableFuture.class)) {
            throw refuse(
                    annotated,
                    "it returns a " + result.getName() + ", which has no value for a skipped call",
                    "Return a CompletableFuture, or set otherwise = THROW.");
        }
    }

    private static boolean isSuspending(Method method) {
        Class<?>[] parameters = method.getParameterTypes();
        return parameters.length > 0
                && parameters[parameters.length - 1].getName().equals("kotlin.coroutines.Continuation");
    }

    private static boolean isReactive(Class<?> result) {
        if (endsLater(result)) {
            return false;
        }
        return REACTIVE.contains(result.getName())
                || ClassUtils.getAllInterfacesForClassAsSet(result).stream()
                        .anyMatch(type -> isReactive(type.getInterfaces(), type))
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(result) != null;
    }

    private static boolean isReactive(Class<?>[] extended, Class<?> type) {
        return REACTIVE.contains(type.getName())
                || Set.of(extended).stream().anyMatch(parent -> isReactive(parent.getInterfaces(), parent));
    }

    /** Returns whether work may continue after a method has returned such a result, which tells when it has ended. */
    static boolean endsLater(Class<?> result) {
        return Future.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result);
    }

    private String name(AnnotatedMethod annotated) {
        String written = annotated.annotation().value();
        String remedy =
                "Use a name of 1 to 200 letters, digits and . _ - : / for the election. If it is a placeholder, set the "
                        + "property or give it a default: \"${reports.leader:reports}\".";
        String name;
        try {
            name = placeholders.resolveStringValue(written);
        } catch (IllegalArgumentException unresolvable) {
            throw refuse(
                    annotated,
                    "the name '%s' does not resolve: %s".formatted(written, unresolvable.getMessage()),
                    remedy);
        }
        try {
            return LeaseSpec.leader(name == null ? "" : name).name();
        } catch (DbLeasesException invalid) {
            throw refuse(
                    annotated, "the name '%s' cannot be used: %s".formatted(written, invalid.getMessage()), remedy);
        }
    }

    static InvalidConfigurationException refuse(AnnotatedMethod annotated, String because, String remedy) {
        return new InvalidConfigurationException(
                "@LeaderOnly on %s cannot be kept to: %s.".formatted(annotated.call(), because.replaceAll("\\.$", "")),
                remedy);
    }
}
