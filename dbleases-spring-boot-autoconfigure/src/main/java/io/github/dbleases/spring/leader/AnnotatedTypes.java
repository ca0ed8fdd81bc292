package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaderOnly;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

/**
 * Tells quickly which types have no {@link LeaderOnly} at all: not themselves, not through inheritance, and not through
 * meta-annotations. That is nearly every type in an application, and Spring's complete search for the annotations of each
 * method of each bean would take longer than everything else that dbleases does at start. For the same reason, the methods use
 * loops: a lambda expression takes longer at its first use.
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
        for (Class<?> implemented : ClassUtils.getAllInterfacesForClassAsSet(type)) {
            if (declares(implemented)) {
                return true;
            }
        }
        return false;
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
            if (isAnnotated(type)) {
                return true;
            }
            for (Method method : type.getDeclaredMethods()) {
                if (isAnnotated(method)) {
                    return true;
                }
            }
            return false;
        } catch (LinkageError incomplete) {
            // A class that it refers to is missing. The complete search finds out whether that matters.
            return true;
        }
    }

    private boolean isAnnotated(AnnotatedElement element) {
        for (Annotation annotation : element.getDeclaredAnnotations()) {
            if (leadsTo(annotation.annotationType())) {
                return true;
            }
        }
        return false;
    }

    private boolean leadsTo(Class<? extends Annotation> annotation) {
        Boolean known = annotations.get(annotation);
        if (known == null) {
            known = findIn(annotation);
            annotations.put(annotation, known);
        }
        return known;
    }

    private static boolean findIn(Class<? extends Annotation> annotation) {
        if (isOrHas(annotation)) {
            return true;
        }
        // It may be the container of repeated annotations.
        for (Method attribute : annotation.getDeclaredMethods()) {
            Class<?> contained = attribute.getReturnType().getComponentType();
            if (contained != null && contained.isAnnotation() && isOrHas(contained)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOrHas(Class<?> annotation) {
        return annotation == LeaderOnly.class
                || MergedAnnotations.from(annotation).isPresent(LeaderOnly.class);
    }
}
