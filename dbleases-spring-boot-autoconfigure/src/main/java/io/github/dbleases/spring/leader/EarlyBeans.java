package io.github.dbleases.spring.leader;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanFactory;

/**
 * Guards the beans too that other post-processors need, and which are made before the post-processors are registered.
 *
 * <p>It is another object than the post-processor that does the work, which is registered in its turn with all the others:
 * one that moves in the list leaves Spring's count of them one too low, so that a warning is logged for every bean.
 */
public final class EarlyBeans implements BeanFactoryPostProcessor {

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        factory.addBeanPostProcessor(new Deputy(factory, factory.getBean(LeaderOnlyPostProcessor.class)));
    }

    /** Does the work of the post-processor until that is registered. */
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
