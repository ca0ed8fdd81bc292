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
 * A method with {@link LeaderOnly}, on the method itself or on its class.
 *
 * @param method the method of the class of the bean
 * @param annotation the annotation, with the attributes of meta-annotations
 * @param onMethod whether the method itself is annotated
 */
record AnnotatedMethod(Method method, LeaderOnly annotation, boolean onMethod) {

    /** Finds those of a bean. For a proxy, it finds those of its target, and those of interfaces that only the proxy has. */
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

    /** On a class, the annotation applies to all methods that can be called through a proxy; on an interface, to those it declares. */
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

    /** A default method that is not overridden, such as that of a callback of the container, is no work of the application. */
    private static boolean isOfFramework(Method method) {
        String name = method.getDeclaringClass().getName();
        return method.isDefault() && (name.startsWith("org.springframework.") || name.startsWith("java."));
    }

    /** Returns the method as messages show it. */
    String call() {
        return method.getDeclaringClass().getName() + "." + method.getName() + "()";
    }
}
