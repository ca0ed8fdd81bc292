package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaderOnly;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method that is annotated with {@link LeaderOnly}, or whose class is.
 *
 * @param method as the class of the bean has it
 * @param annotation with the attributes that meta-annotations set
 * @param onMethod whether it is the method that is annotated
 */
record AnnotatedMethod(Method method, LeaderOnly annotation, boolean onMethod) {

    /** Finds those of a bean; of a proxy those of its target, and those of interfaces that only the proxy has. */
    static Collection<AnnotatedMethod> of(Object bean, Class<?> targetClass) {
        Set<AnnotatedMethod> found = new LinkedHashSet<>(of(targetClass));
        if (AopUtils.isJdkDynamicProxy(bean)) {
            for (Class<?> proxied : AopProxyUtils.proxiedUserInterfaces(bean)) {
                if (!proxied.isAssignableFrom(targetClass)) {
                    found.addAll(of(proxied));
                }
            }
        }
        return found;
    }

    /** Finds those of a type. */
    static Collection<AnnotatedMethod> of(Class<?> type) {
        List<MergedAnnotation<LeaderOnly>> onTypes = MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY).stream(
                        LeaderOnly.class)
                .toList();
        return MethodIntrospector.selectMethods(type, (Method method) -> onMethod(method, onTypes, type))
                .values();
    }

    private static @Nullable AnnotatedMethod onMethod(
            Method method, List<MergedAnnotation<LeaderOnly>> onTypes, Class<?> type) {
        MergedAnnotation<LeaderOnly> onMethod =
                MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).get(LeaderOnly.class);
        if (onMethod.isPresent()) {
            return new AnnotatedMethod(method, onMethod.synthesize(), true);
        }
        return onTypes.stream()
                .filter(onType -> isMeant(method, onType, type))
                .findFirst()
                .map(onType -> new AnnotatedMethod(method, onType.synthesize(), false))
                .orElse(null);
    }

    /** A class means all its methods that others can call through a proxy, an interface those that it declares. */
    private static boolean isMeant(Method method, MergedAnnotation<LeaderOnly> onType, Class<?> type) {
        if (Modifier.isPrivate(method.getModifiers())
                || Modifier.isStatic(method.getModifiers())
                || ReflectionUtils.isObjectMethod(method)
                || isOfFramework(method)) {
            return false;
        }
        return !(onType.getSource() instanceof Class<?> annotated)
                || !annotated.isInterface()
                || Arrays.stream(annotated.getMethods())
                        .anyMatch(declared ->
                                ClassUtils.getMostSpecificMethod(declared, type).equals(method));
    }

    /** A default method that is not overridden, such as one of a callback of the container, is no work of the application. */
    private static boolean isOfFramework(Method method) {
        String name = method.getDeclaringClass().getName();
        return method.isDefault() && (name.startsWith("org.springframework.") || name.startsWith("java."));
    }

    /** Returns the method as messages have it. */
    String call() {
        return method.getDeclaringClass().getName() + "." + method.getName() + "()";
    }
}
