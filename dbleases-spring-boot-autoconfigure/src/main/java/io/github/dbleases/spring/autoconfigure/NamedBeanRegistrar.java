package io.github.dbleases.spring.autoconfigure;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * Registers a bean for each name below a property, such as a lease for each {@code dbleases.leases.<name>}, unless the
 * application has a bean with that qualifier or bean name.
 *
 * <p>The configured name becomes the bean's qualifier. It is no alias, because an alias could collide with another bean of
 * the application. The bean itself is named after it in camel case, as in {@code ordersLease}, so that a parameter of that
 * name finds it. If that bean name is taken, or stands for two configured names, only the qualifier finds the bean.
 *
 * <p>This class is internal.
 */
public abstract class NamedBeanRegistrar implements ImportBeanDefinitionRegistrar {

    private final Environment environment;
    private final ListableBeanFactory beans;
    private final String group;
    private final Class<?> type;
    private final String suffix;
    private final Class<?> factory;

    /**
     * Creates a registrar.
     *
     * @param group the property below {@code dbleases} that has the names
     * @param type the type by which the application injects and defines such beans
     * @param suffix the end of the bean names
     * @param factory a class with a method {@code create}, which makes the bean for a name; it becomes a bean itself
     */
    protected NamedBeanRegistrar(
            Environment environment,
            BeanFactory beanFactory,
            String group,
            Class<?> type,
            String suffix,
            Class<?> factory) {
        this.environment = environment;
        this.beans = (ListableBeanFactory) beanFactory;
        this.group = group;
        this.type = type;
        this.suffix = suffix;
        this.factory = factory;
    }

    /**
     * Returns the name of a bean that belongs to a configured name: that of {@code order-items} and {@code Lease} is
     * {@code orderItemsLease}.
     */
    public static String beanName(String name, String suffix) {
        String camelCase = Arrays.stream(name.split("[^A-Za-z0-9]+"))
                .map(StringUtils::capitalize)
                .collect(Collectors.joining());
        return StringUtils.uncapitalize(camelCase) + suffix;
    }

    @Override
    public final void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Set<String> names = ConfiguredNames.below(group, environment);
        if (names.isEmpty()) {
            return;
        }
        RootBeanDefinition factoryDefinition = new RootBeanDefinition(factory);
        factoryDefinition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        registry.registerBeanDefinition(factory.getName(), factoryDefinition);

        List<String> ofApplication =
                List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type, true, false));
        List<String> wanted = names.stream().map(name -> beanName(name, suffix)).toList();
        for (String name : names) {
            String beanName = beanName(name, suffix);
            boolean unambiguous = Collections.frequency(wanted, beanName) == 1;
            if (ofApplication.stream().noneMatch(isFor(name).or(bean -> unambiguous && bean.equals(beanName)))) {
                boolean free = unambiguous && !beans.containsBean(beanName);
                registry.registerBeanDefinition(free ? beanName : "dbleases." + group + "." + name, definition(name));
            }
        }
    }

    private Predicate<String> isFor(String name) {
        return bean -> BeanFactoryAnnotationUtils.isQualifierMatch(name::equals, bean, beans);
    }

    private RootBeanDefinition definition(String name) {
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setTargetType(created());
        definition.setFactoryBeanName(factory.getName());
        definition.setFactoryMethodName("create");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definition.setDescription("dbleases." + group + "." + name);
        // The instance takes part as configured, whether or not a bean asks for it.
        definition.setLazyInit(false);
        return definition;
    }

    private Class<?> created() {
        Method create = ReflectionUtils.findMethod(factory, "create", String.class);
        return Objects.requireNonNull(create, factory::getName).getReturnType();
    }
}
