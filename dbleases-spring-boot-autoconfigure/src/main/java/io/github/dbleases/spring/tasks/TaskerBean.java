package io.github.dbleases.spring.tasks;

import io.github.dbleases.Tasker;
import io.github.dbleases.spring.context.BeanNames;
import java.util.List;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.ResolvableType;

/**
 * The tasker of a runner.
 *
 * @param beanName its name
 * @param tasker the bean, perhaps a proxy of it
 * @param type the generic type by which it is declared
 */
record TaskerBean(String beanName, Tasker<?> tasker, ResolvableType type) {

    /**
     * Finds the tasker of a runner.
     *
     * @param alone whether there is no other runner, so that the only tasker is that of this one, whatever its name
     */
    static TaskerBean of(RunnerDeclaration runner, RunnerBeans beans, boolean alone) {
        List<String> all = beans.all(Tasker.class);
        String name = beans.oneOf(all, runner, "Tasker").orElseGet(() -> {
            if (alone && all.size() == 1) {
                return all.get(0);
            }
            throw missing(runner, all);
        });
        return new TaskerBean(name, beans.get(name, Tasker.class), beans.declaredType(name));
    }

    private static RefusedTaskRunnerException missing(RunnerDeclaration runner, List<String> found) {
        String beanName = BeanNames.of(runner.name(), "Tasker");
        if (found.size() > 1) {
            return new RefusedTaskRunnerException(
                    "Runner '%s' has several Tasker beans that could be its own: %s."
                            .formatted(
                                    runner.name(),
                                    RunnerBeans.quoted(found.stream().sorted().toList())),
                    "Give one of them @Qualifier(\"%s\") or the name '%s', or configure a runner for each."
                            .formatted(runner.name(), beanName));
        }
        return new RefusedTaskRunnerException(
                "Runner '%s' has no Tasker bean. Tasker beans found: %s."
                        .formatted(runner.name(), RunnerBeans.quoted(found)),
                "Define a bean of type Tasker with @Qualifier(\"%s\") or with the name '%s', or remove the properties %s."
                        .formatted(runner.name(), beanName, runner.property("*")));
    }

    /**
     * Returns the type of its tasks.
     *
     * @throws RefusedTaskRunnerException if the declaration of the bean does not tell it
     */
    Class<?> taskType(RunnerDeclaration runner) {
        Class<?> declared = type.as(Tasker.class).getGeneric().resolve();
        Class<?> found = declared != null
                ? declared
                : ResolvableType.forClass(AopUtils.getTargetClass(tasker))
                        .as(Tasker.class)
                        .getGeneric()
                        .resolve();
        if (found == null) {
            throw new RefusedTaskRunnerException(
                    "The type of the tasks of runner '%s' cannot be read from the bean '%s', which is declared as %s."
                            .formatted(runner.name(), beanName, type),
                    "Declare the bean with the type of its tasks: a class that implements Tasker<Email>, or a method with "
                            + "@Bean that returns Tasker<Email>, where Email is your type. Or define a TaskQueue bean with "
                            + "@Qualifier(\"%s\"), which makes the tasks.".formatted(runner.name()));
        }
        return found;
    }
}
