package io.github.dbleases.spring.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.spring.autoconfigure.NamedBeanRegistrar;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Finds the beans that belong to a runner: those with the runner's name as their qualifier or bean name, or with the bean
 * name {@code <camelCaseName><Suffix>}. Beans of parent contexts are included, and nothing is instantiated.
 */
final class RunnerBeans {

    private final ConfigurableListableBeanFactory beans;

    RunnerBeans(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    /** Returns the names of all beans of a type that can be injected. */
    List<String> all(Class<?> type) {
        return candidates(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type, true, false));
    }

    /** Returns the names of all beans of a type with its generics that can be injected. */
    List<String> all(ResolvableType type) {
        return candidates(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type, true, false));
    }

    private List<String> candidates(String[] names) {
        return Stream.of(names)
                .filter(name -> !ScopedProxyUtils.isScopedTarget(name))
                .filter(this::isCandidate)
                .toList();
    }

    private boolean isCandidate(String name) {
        BeanFactory owner = beans;
        while (owner instanceof HierarchicalBeanFactory inner && !inner.containsLocalBean(name)) {
            owner = inner.getParentBeanFactory();
        }
        return !(owner instanceof ConfigurableListableBeanFactory listable)
                || !listable.containsBeanDefinition(name)
                || listable.getBeanDefinition(name).isAutowireCandidate();
    }

    /**
     * Returns the bean that belongs to a runner, empty if none does.
     *
     * @param suffix the end of the bean name, for example {@code Tasker}
     * @throws InvalidConfigurationException if several belong to it
     */
    Optional<String> oneOf(List<String> names, RunnerDeclaration runner, String suffix) {
        String beanName = NamedBeanRegistrar.beanName(runner.name(), suffix);
        List<String> matching = names.stream()
                .filter(name -> name.equals(beanName)
                        || BeanFactoryAnnotationUtils.isQualifierMatch(runner.name()::equals, name, beans))
                .toList();
        if (matching.size() > 1) {
            throw new InvalidConfigurationException(
                    "Several beans of type %s belong to the runner '%s': %s."
                            .formatted(suffix, runner.name(), quoted(matching)),
                    "Leave only one with the qualifier or the bean name '%s' or the bean name '%s'."
                            .formatted(runner.name(), beanName));
        }
        return matching.stream().findFirst();
    }

    /** Returns the only bean, or the primary one of several. */
    Optional<String> primaryOf(List<String> names) {
        List<String> primary = names.size() == 1
                ? names
                : names.stream().filter(this::isPrimary).toList();
        return primary.size() == 1 ? primary.stream().findFirst() : Optional.empty();
    }

    private boolean isPrimary(String name) {
        try {
            return beans.getMergedBeanDefinition(name).isPrimary();
        } catch (NoSuchBeanDefinitionException registeredWithoutOne) {
            return false;
        }
    }

    <B> B get(String name, Class<B> type) {
        return beans.getBean(name, type);
    }

    /** Returns the type with which a bean is declared, with its generics. */
    ResolvableType declaredType(String name) {
        try {
            BeanDefinition definition = beans.getMergedBeanDefinition(name);
            return definition.getResolvableType();
        } catch (NoSuchBeanDefinitionException registeredWithoutOne) {
            return ResolvableType.NONE;
        }
    }

    /** Returns the names for a message. */
    static String quoted(List<String> names) {
        return names.isEmpty()
                ? "none"
                : names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }
}
