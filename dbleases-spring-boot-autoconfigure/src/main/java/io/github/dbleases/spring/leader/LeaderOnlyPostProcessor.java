package io.github.dbleases.spring.leader;

import io.github.dbleases.InvalidConfigurationException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanFactory;
import org.springframework.context.EmbeddedValueResolverAware;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringValueResolver;

/**
 * Puts an interceptor before all other advice of each method that runs only in the leader.
 *
 * <p>It is not ordered. So it comes after the post-processors of {@code @Async}, {@code @Retryable} and
 * {@code @ConcurrencyLimit}, which are ordered and put their own advice first, and before the post-processor of
 * {@code @Scheduled}, which calls the proxy that this one returns.
 */
final class LeaderOnlyPostProcessor
        implements SmartInstantiationAwareBeanPostProcessor, BeanFactoryAware, EmbeddedValueResolverAware {

    private final Candidacies candidacies;
    private final AnnotatedTypes annotatedTypes = new AnnotatedTypes();
    private final Set<Class<?>> withoutGuards = ConcurrentHashMap.newKeySet();
    private @Nullable BeanFactory beanFactory;
    private @Nullable Rules rules;

    LeaderOnlyPostProcessor(Candidacies candidacies) {
        this.candidacies = candidacies;
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    @Override
    public void setEmbeddedValueResolver(StringValueResolver resolver) {
        this.rules = new Rules(resolver);
    }

    /**
     * Returns the type of the proxy that a bean will have, while the application is being built ahead of time: a native
     * image only has the proxies that were created then.
     */
    @Override
    public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
        Class<?> targetClass = ClassUtils.getUserClass(beanClass);
        if (!annotatedTypes.mayHave(targetClass)
                || AnnotatedMethod.of(targetClass).isEmpty()) {
            return beanClass;
        }
        return new Interception(beanName, targetClass, Objects.requireNonNull(beanFactory)).proxyType(beanClass);
    }

    /**
     * Guards the methods of a bean.
     *
     * @throws InvalidConfigurationException if one of them cannot be kept to the leader
     */
    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> targetClass = AopProxyUtils.ultimateTargetClass(bean);
        if (bean instanceof AopInfrastructureBean || withoutGuards.contains(targetClass)) {
            return bean;
        }
        if (!annotatedTypes.mayHave(targetClass) && !annotatedTypes.mayHave(bean.getClass())) {
            return bean;
        }
        Collection<AnnotatedMethod> annotated = AnnotatedMethod.of(bean, targetClass);
        if (annotated.isEmpty()) {
            // Proxies of one target may have different interfaces.
            if (!Proxy.isProxyClass(bean.getClass())) {
                withoutGuards.add(targetClass);
            }
            return bean;
        }
        Rules applied = Objects.requireNonNull(rules);
        List<Guard> guards = annotated.stream()
                .map(method -> applied.guard(method, targetClass))
                .filter(Objects::nonNull)
                .toList();
        Interception interception = new Interception(beanName, targetClass, Objects.requireNonNull(beanFactory));
        Object guarded = bean;
        for (Guard guard : guards) {
            guarded = interception.add(guard, candidacies.of(guard), guarded);
        }
        return guarded;
    }

    /**
     * Also guards the beans that other post-processors need, and which are created before post-processors are registered.
     *
     * <p>A deputy is registered early, and not the post-processor itself: a post-processor that moves in the list leaves
     * Spring's count of them one too low, and Spring then logs a warning for every bean.
     */
    static final class EarlyBeans implements BeanFactoryPostProcessor {

        @Override
        public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
            factory.addBeanPostProcessor(new Deputy(factory, factory.getBean(LeaderOnlyPostProcessor.class)));
        }

        /** Does the work of the post-processor until it is registered. */
        private static final class Deputy implements BeanPostProcessor {

            private final ConfigurableListableBeanFactory factory;
            private final LeaderOnlyPostProcessor postProcessor;
            private volatile boolean relieved;

            private Deputy(ConfigurableListableBeanFactory factory, LeaderOnlyPostProcessor postProcessor) {
                this.factory = factory;
                this.postProcessor = postProcessor;
            }

            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                if (!relieved) {
                    relieved = factory instanceof AbstractBeanFactory beans
                            && beans.getBeanPostProcessors().contains(postProcessor);
                }
                return relieved ? bean : postProcessor.postProcessAfterInitialization(bean, beanName);
            }
        }
    }
}
