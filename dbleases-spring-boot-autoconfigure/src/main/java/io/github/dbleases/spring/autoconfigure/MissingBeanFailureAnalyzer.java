package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskRunner;
import java.lang.annotation.Annotation;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Explains what to configure for a {@link Lease}, {@link TaskRunner} or {@link LeaseClient} that a bean asks for. */
final class MissingBeanFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException>
        implements Ordered {

    private final Environment environment;

    MissingBeanFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        if (cause instanceof NoUniqueBeanDefinitionException || cause.getBeanType() == null) {
            return null;
        }
        if (cause.getBeanType() == Lease.class) {
            return missing(rootFailure, cause, "Lease", "dbleases.leases", "partitions");
        }
        if (cause.getBeanType() == TaskRunner.class) {
            return missing(rootFailure, cause, "TaskRunner", "dbleases.runners", "table");
        }
        if (cause.getBeanType() == LeaseClient.class) {
            return new FailureAnalysis(
                    "A LeaseClient is needed, but dbleases does not know where to keep its leases: there is no DataSource, "
                            + "no dbleases.connection.url and no LeaseStore bean.",
                    "Configure a PostgreSQL database with spring.datasource.url (and spring-boot-starter-jdbc on the class "
                            + "path) or with dbleases.connection.url, or choose another place with dbleases.store.type, "
                            + "or define a LeaseStore bean, or set dbleases.enabled=false.",
                    cause);
        }
        return null;
    }

    private FailureAnalysis missing(
            Throwable rootFailure, NoSuchBeanDefinitionException cause, String type, String prefix, String property) {
        String wanted = wanted(rootFailure, type);
        TreeSet<String> configured = new TreeSet<>(Binder.get(environment)
                .bind(prefix, Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet());
        String name = wanted == null ? "<name>" : wanted;
        String key = name.matches("[A-Za-z0-9-]+|<name>") ? "." + name : "[" + name + "]";
        return new FailureAnalysis(
                "A bean asks for a %s%s that is not there: %s Configured: %s."
                        .formatted(
                                type,
                                wanted == null ? "" : " '" + wanted + "'",
                                cause.getMessage(),
                                configured.isEmpty() ? "none" : String.join(", ", configured)),
                "Set %s%s.%s, or use the name of one that is configured as the qualifier, @Qualifier(\"%s\")."
                        .formatted(prefix, key, property, configured.isEmpty() ? name : configured.first()),
                cause);
    }

    /** Returns the name that the injection point asks for: its qualifier, or the beginning of its name. */
    private static @Nullable String wanted(Throwable rootFailure, String type) {
        InjectionPoint point = null;
        for (Throwable failure = rootFailure; failure != null; failure = failure.getCause()) {
            if (failure instanceof UnsatisfiedDependencyException unsatisfied) {
                point = unsatisfied.getInjectionPoint();
            }
        }
        if (point == null) {
            return null;
        }
        for (Annotation annotation : point.getAnnotations()) {
            if (annotation instanceof Qualifier qualifier && !qualifier.value().isEmpty()) {
                return qualifier.value();
            }
        }
        MethodParameter parameter = point.getMethodParameter();
        String name = parameter == null
                ? point.getMember().getName()
                : parameter.getParameter().isNamePresent()
                        ? parameter.getParameter().getName()
                        : "";
        String suffix = type.equals("Lease") ? "Lease" : "Runner";
        return name.endsWith(suffix) && name.length() > suffix.length()
                ? name.substring(0, name.length() - suffix.length())
                        .replaceAll("([A-Z])", "-$1")
                        .toLowerCase(Locale.ROOT)
                : null;
    }

    /** Comes before Spring Boot's analyzer, which only knows that a bean is missing. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
