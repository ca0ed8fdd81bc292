package io.github.dbleases.spring.leader;

import io.github.dbleases.LeaderOnly;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

/** Tells a native image about the methods with {@code @LeaderOnly} and the results of calls that are skipped. */
final class LeaderOnlyHints implements BeanRegistrationAotProcessor {

    private final AnnotatedTypes annotatedTypes = new AnnotatedTypes();

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
        if (!annotatedTypes.mayHave(type)) {
            return null;
        }
        List<Method> methods =
                AnnotatedMethod.of(type).stream().map(AnnotatedMethod::method).toList();
        return methods.isEmpty()
                ? null
                : (generation, code) -> {
                    RuntimeHints hints = generation.getRuntimeHints();
                    // Spring synthesizes the annotation with the attributes of meta-annotations.
                    hints.proxies().registerJdkProxy(LeaderOnly.class);
                    methods.forEach(method -> register(method, hints));
                };
    }

    private static void register(Method method, RuntimeHints hints) {
        hints.reflection().registerMethod(method, ExecutableMode.INVOKE);
        Class<?> result = method.getReturnType();
        if (result.getName().startsWith("java.util.")) {
            hints.reflection().registerType(result, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
        }
    }
}
