package io.github.dbleases.spring.tasks;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.Tasker;
import io.github.dbleases.spring.autoconfigure.NamedBeanRegistrar;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Warns about taskers that belong to no runner. They are no error: an instance that must not work on some tasks can leave
 * out the properties of their runner, and an application can make runners in code.
 */
final class UnusedTaskers implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(UnusedTaskers.class);

    private final ConfigurableListableBeanFactory beans;
    private final boolean enabled;
    private final Set<String> runners;

    /**
     * Prepares the warning.
     *
     * @param enabled whether dbleases is switched on; there is no warning if it is not
     * @param runners the names of the configured runners
     */
    UnusedTaskers(ConfigurableListableBeanFactory beans, boolean enabled, Set<String> runners) {
        this.beans = beans;
        this.enabled = enabled;
        this.runners = runners;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (!enabled) {
            return;
        }
        RunnerBeans found = new RunnerBeans(beans);
        List<String> taskers = found.all(Tasker.class);
        boolean onlyOne = taskers.size() == 1 && runners.size() == 1;
        if (onlyOne || found.all(TaskRunner.class).size() > runners.size()) {
            return;
        }
        List<String> unused = taskers.stream().filter(this::isUnused).sorted().toList();
        if (!unused.isEmpty()) {
            log.warn(
                    "These Tasker beans belong to no runner and get no tasks: {}. Set dbleases.runners.<name>.table, where "
                            + "<name> is the qualifier or the name of the bean, perhaps without the suffix 'Tasker'.",
                    RunnerBeans.quoted(unused));
        }
    }

    private boolean isUnused(String tasker) {
        return runners.stream()
                .noneMatch(runner -> tasker.equals(NamedBeanRegistrar.beanName(runner, "Tasker"))
                        || BeanFactoryAnnotationUtils.isQualifierMatch(runner::equals, tasker, beans));
    }
}
