package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Lease;
import io.github.dbleases.spring.context.BeanNames;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
 * Registers a {@link Lease} bean for each {@code dbleases.leases.<name>}, unless the application has one of that qualifier
 * or bean name.
 *
 * <p>The name of the lease becomes the bean's qualifier. It is no alias, as that could collide with another bean of the
 * application. The bean itself is named {@code <camelCaseName>Lease}, so that a parameter of that name finds it; where
 * that name is taken or stands for two leases, only the qualifier finds it.
 */
final class LeaseBeanRegistrar implements ImportBeanDefinitionRegistrar {

    private static final String FACTORY = LeaseFactory.class.getName();

    private final Environment environment;
    private final ListableBeanFactory beans;

    LeaseBeanRegistrar(Environment environment, BeanFactory beanFactory) {
        this.environment = environment;
        this.beans = (ListableBeanFactory) beanFactory;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        Map<String, DbLeasesProperties.Lease> leases =
                ConfiguredNames.bind(environment, "leases", DbLeasesProperties.Lease.class);
        if (leases.isEmpty()) {
            return;
        }
        RootBeanDefinition factory = new RootBeanDefinition(LeaseFactory.class);
        factory.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
        registry.registerBeanDefinition(FACTORY, factory);

        Collection<String> ofApplication =
                List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, Lease.class, true, false));
        List<String> wanted =
                leases.keySet().stream().map(LeaseBeanRegistrar::beanName).toList();
        leases.keySet().forEach(name -> {
            String beanName = beanName(name);
            boolean unambiguous = Collections.frequency(wanted, beanName) == 1;
            if (ofApplication.stream().noneMatch(isFor(name).or(bean -> unambiguous && bean.equals(beanName)))) {
                boolean free = unambiguous && !beans.containsBean(beanName);
                registry.registerBeanDefinition(free ? beanName : "dbleases.lease." + name, definition(name));
            }
        });
    }

    private Predicate<String> isFor(String lease) {
        return bean -> BeanFactoryAnnotationUtils.isQualifierMatch(lease::equals, bean, beans);
    }

    private static RootBeanDefinition definition(String name) {
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setTargetType(Lease.class);
        definition.setFactoryBeanName(FACTORY);
        definition.setFactoryMethodName("lease");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        definition.setDescription("dbleases.leases." + name);
        // An instance takes part as configured, whether or not a bean asks for the lease early.
        definition.setLazyInit(false);
        return definition;
    }

    private static String beanName(String lease) {
        return BeanNames.of(lease, "Lease");
    }
}
