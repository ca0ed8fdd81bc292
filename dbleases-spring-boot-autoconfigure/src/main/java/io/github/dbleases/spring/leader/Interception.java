package io.github.dbleases.spring.leader;

import io.github.dbleases.InvalidConfigurationException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.ClassUtils;

/** Puts interceptors before the other advice of one bean, and creates a proxy if the bean is none. */
final class Interception {

    private final String beanName;
    private final Class<?> targetClass;
    private final BeanFactory beanFactory;

    Interception(String beanName, Class<?> targetClass, BeanFactory beanFactory) {
        this.beanName = beanName;
        this.targetClass = targetClass;
        this.beanFactory = beanFactory;
    }

    /**
     * Guards a method of the bean.
     *
     * @return the bean, or a proxy of it
     * @throws InvalidConfigurationException if calls of the method cannot be intercepted
     */
    Object add(Guard guard, Candidacy candidacy, Object bean) {
        boolean async = handsOver(guard, bean);
        Class<?> result = guard.method().getReturnType();
        boolean ongoing = async || Rules.endsLater(result) || (result == Object.class && !guard.interrupts());
        MethodInterceptor interceptor = ongoing
                ? new OngoingLeaderOnlyInterceptor(guard, candidacy, async)
                : new LeaderOnlyInterceptor(guard, candidacy);
        Object proxy = proxy(guard, interceptor, bean);
        requireIntercepted(guard, proxy);
        return proxy;
    }

    /** Returns the type of a proxy without the bean. It does not depend on the methods that are guarded. */
    Class<?> proxyType(Class<?> beanClass) {
        return proxying(new DefaultPointcutAdvisor((MethodInterceptor) MethodInvocation::proceed))
                .determineBeanType(beanClass, beanName);
    }

    private Proxying proxying(Advisor advisor) {
        Proxying proxying = new Proxying(advisor);
        proxying.setBeanFactory(beanFactory);
        if (beanFactory instanceof ConfigurableBeanFactory configurable) {
            proxying.setProxyClassLoader(configurable.getBeanClassLoader());
        }
        return proxying;
    }

    private Object proxy(Guard guard, Advice advice, Object bean) {
        try {
            return proxying(advisor(guard.method(), advice)).postProcessAfterInitialization(bean, beanName);
        } catch (AopConfigException noProxy) {
            throw Rules.refuse(
                    guard.annotated(),
                    "no proxy can be made of the bean '%s' of %s: %s"
                            .formatted(beanName, targetClass.getName(), noProxy.getMessage()),
                    "Make the class neither final nor private, or declare the method in an interface that it implements "
                            + "and set spring.aop.proxy-target-class=false.");
        }
    }

    private static Advisor advisor(Method method, Advice advice) {
        return new DefaultPointcutAdvisor(
                new StaticMethodMatcherPointcut() {
                    @Override
                    public boolean matches(Method called, Class<?> type) {
                        return called.equals(method)
                                || AopUtils.getMostSpecificMethod(called, type).equals(method);
                    }
                },
                advice);
    }

    /** Returns whether another thread runs the calls of the method, and adds an interceptor that follows them there. */
    private boolean handsOver(Guard guard, Object bean) {
        if (!(bean instanceof Advised advised)) {
            return false;
        }
        Advisor[] advisors = advised.getAdvisors();
        for (int i = 0; i < advisors.length; i++) {
            if (isAsync(advisors[i], guard.method())) {
                requireAsyncHoldable(guard);
                advised.addAdvisor(i + 1, advisor(guard.method(), new OngoingLeaderOnlyInterceptor.Worker()));
                return true;
            }
        }
        return false;
    }

    private boolean isAsync(Advisor advisor, Method method) {
        return advisor instanceof PointcutAdvisor pointed
                && advisor.getAdvice() instanceof AsyncExecutionInterceptor
                && pointed.getPointcut().getClassFilter().matches(targetClass)
                && pointed.getPointcut().getMethodMatcher().matches(method, targetClass);
    }

    private static void requireAsyncHoldable(Guard guard) {
        Class<?> result = guard.method().getReturnType();
        if (guard.interrupts()) {
            throw Rules.refuse(guard.annotated(), "it is @Async, and " + Rules.NOT_INTERRUPTIBLE, Rules.FINISH);
        }
        if (result != void.class && !CompletionStage.class.isAssignableFrom(result)) {
            throw Rules.refuse(
                    guard.annotated(),
                    "it is @Async and returns a " + result.getName() + ", which does not tell when it is cancelled",
                    "Return a CompletableFuture, or nothing.");
        }
    }

    private void requireIntercepted(Guard guard, Object proxy) {
        Method method = guard.method();
        if (Proxy.isProxyClass(proxy.getClass())) {
            if (guard.annotated().onMethod() && !isOfAnInterface(method, proxy)) {
                throw Rules.refuse(
                        guard.annotated(),
                        "the bean '%s' is a proxy of the interfaces %s, and none of them has the method"
                                .formatted(
                                        beanName,
                                        ClassUtils.classNamesToString(
                                                proxy.getClass().getInterfaces())),
                        "Declare the method in an interface of the bean, or set spring.aop.proxy-target-class=true.");
            }
        } else if (!isOverridable(method)
                && (guard.annotated().onMethod() || Modifier.isPublic(method.getModifiers()))) {
            throw Rules.refuse(
                    guard.annotated(),
                    "it is %s, and a proxy of the class of the bean '%s' cannot override it"
                            .formatted(
                                    Modifier.isFinal(method.getModifiers())
                                            ? "final"
                                            : "visible in the package of another class only",
                                    beanName),
                    "Make the method public and not final (a Kotlin method: open).");
        }
    }

    private boolean isOfAnInterface(Method method, Object proxy) {
        return method.getDeclaringClass().isInterface()
                || Arrays.stream(ClassUtils.getAllInterfaces(proxy))
                        .flatMap(type -> Arrays.stream(type.getMethods()))
                        .anyMatch(declared -> AopUtils.getMostSpecificMethod(declared, targetClass)
                                .equals(method));
    }

    private boolean isOverridable(Method method) {
        int modifiers = method.getModifiers();
        Class<?> declaring = method.getDeclaringClass();
        boolean visible = Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers)
                || (declaring.getPackageName().equals(targetClass.getPackageName())
                        && Objects.equals(declaring.getClassLoader(), targetClass.getClassLoader()));
        return visible && !Modifier.isFinal(modifiers);
    }

    /** Creates or extends a proxy with the settings of the bean and of all proxies, as Spring does. */
    @SuppressWarnings("serial")
    private static final class Proxying extends AbstractBeanFactoryAwareAdvisingPostProcessor {

        private Proxying(Advisor advisor) {
            this.advisor = advisor;
            setBeforeExistingAdvisors(true);
        }

        /** The caller has already decided that it applies. */
        @Override
        protected boolean isEligible(Class<?> targetClass) {
            return true;
        }
    }
}
