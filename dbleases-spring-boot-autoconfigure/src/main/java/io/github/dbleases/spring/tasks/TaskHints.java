package io.github.dbleases.spring.tasks;

import io.github.dbleases.Tasker;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;

/** Tells a native image about the types of tasks, whose constructors map rows. */
final class TaskHints implements BeanRegistrationAotProcessor {

    private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        if (!Tasker.class.isAssignableFrom(bean.getBeanClass())) {
            return null;
        }
        Class<?> task = bean.getBeanType().as(Tasker.class).getGeneric().resolve();
        return task == null
                ? null
                : (generation, code) -> {
                    var reflection = generation.getRuntimeHints().reflection();
                    reflection.registerType(task, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
                    binding.registerReflectionHints(reflection, task);
                };
    }
}
