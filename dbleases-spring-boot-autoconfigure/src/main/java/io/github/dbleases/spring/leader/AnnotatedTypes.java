package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaderOnly;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

/**
 * Tells quickly which types have no {@link LeaderOnly} at all: not themselves, not through inheritance, and not through
 * meta-annotations. That is nearly every type in an application, and Spring's complete search for the annotations of each
 * method of each bean would take longer than everything else that dbleases does at start.
 */
final class AnnotatedTypes {

    private final Map<Class<?>, Boolean> declaring = new ConcurrentHashMap<>();
    private final Map<Class<?>, Boolean> annotations = new ConcurrentHashMap<>();

    /** Returns false if there is no such annotation on the type, on its methods, or on what it inherits. */
    boolean mayHave(Class<?> type) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            if (declares(c)) {
                return true;
            }
        }
        return ClassUtils.getAllInterfacesForClassAsSet(type).stream().anyMatch(this::declares);
    }

    private boolean declares(Class<?> type) {
        // Not computeIfAbsent: reading the annotations of a type may load another one.
        Boolean known = declaring.get(type);
        if (known == null) {
            known = find(type);
            declaring.put(type, known);
        }
        return known;
    }

    private boolean find(Class<?> type) {
        if (type.getName().startsWith("java.")) {
            return false;
        }
        try {
            return isAnnotated(type) || Arrays.stream(type.getDeclaredMethods()).anyMatch(this::isAnnotated);
        } catch (LinkageError incomplete) {
            // A class that it refers to is missing. The complete search finds out whether that matters.
            return true;
        }
    }

    private boolean isAnnotated(AnnotatedElement element) {
        return Arrays.stream(element.getDeclaredAnnotations())
                .map(Annotation::annotationType)
                .anyMatch(this::leadsTo);
    }

    private boolean leadsTo(Class<? extends Annotation> annotation) {
        Boolean known = annotations.get(annotation);
        if (known == null) {
            known = withRepeated(annotation)
                    .anyMatch(each -> each == LeaderOnly.class
                            || MergedAnnotations.from(each).isPresent(LeaderOnly.class));
            annotations.put(annotation, known);
        }
        return known;
    }

    /** An annotation may be the container of repeated ones. */
    private static Stream<Class<?>> withRepeated(Class<? extends Annotation> annotation) {
        Stream<Class<?>> contained = Arrays.stream(annotation.getDeclaredMethods())
                .map(Method::getReturnType)
                .filter(Class::isArray)
                .<Class<?>>map(Class::getComponentType)
                .filter(Class::isAnnotation);
        return Stream.concat(Stream.of(annotation), contained);
    }
}
