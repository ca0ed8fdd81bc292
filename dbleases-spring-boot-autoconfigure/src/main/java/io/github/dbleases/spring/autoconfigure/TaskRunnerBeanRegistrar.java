package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.TaskRunner;
import io.github.dbleases.spring.context.BeanNames;
import io.github.dbleases.spring.tasks.ManagedTaskRunner;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a {@link TaskRunner} bean for each {@code dbleases.runners.<name>}, unless the application has one of that
 * qualifier or bean name. The beans are named and qualified as those of leases are: {@code <camelCaseName>Runner}.
 */
final class TaskRunnerBeanRegistrar implements ImportBeanDefinitionRegistrar {

    private static final String FACTORY = TaskRunnerFactory.class.getName();

    private final Environment environment;
    private final ListableBeanFactory beans;

    TaskRunnerBeanRegistrar(Environment environment, BeanFactory beanFactory) {
        this.environment = environment;
        this.beans = (ListableBeanFactory) beanFactory;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        List<String> runners = List.copyOf(ConfiguredNames.bind(environment, "runners", RunnerProperties.class)
                .keySet());
        if (runners.isEmpty()) {
            return;
        }
        RootBeanDefinition factory = new RootBeanDefinition(TaskRunnerFactory.class);
        factory.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        registry.registerBeanDefinition(FACTORY, factory);

        List<String> ofApplication =
                List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, TaskRunner.class, true, false));
        List<String> wanted =
                runners.stream().map(TaskRunnerBeanRegistrar::beanName).toList();
        for (String name : runners) {
            String beanName = beanName(name);
            boolean unambiguous = Collections.frequency(wanted, beanName) == 1;
            if (ofApplication.stream().noneMatch(isFor(name).or(bean -> unambiguous && bean.equals(beanName)))) {
                boolean free = unambiguous && !beans.containsBean(beanName);
                registry.registerBeanDefinition(free ? beanName : "dbleases.runner." + name, definition(name));
            }
        }
    }

    private Predicate<String> isFor(String runner) {
        return bean -> BeanFactoryAnnotationUtils.isQualifierMatch(runner::equals, bean, beans);
    }

    private static RootBeanDefinition definition(String name) {
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setTargetType(ManagedTaskRunner.class);
        definition.setFactoryBeanName(FACTORY);
        definition.setFactoryMethodName("runner");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definition.setDescription("dbleases.runners." + name);
        // It works as configured, whether or not a bean asks for it.
        definition.setLazyInit(false);
        return definition;
    }

    private static String beanName(String runner) {
        return BeanNames.of(runner, "Runner");
    }
}
