package io.github.dbleases.spring.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if dbleases is switched on, or if the application is being built ahead of time. In the second case conditions
 * are not evaluated again when the application runs, so the beans exist in any case and look at the switch themselves.
 */
final class OnSwitchedOn extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("dbleases.enabled");
        if (isAheadOfTime()) {
            return ConditionOutcome.match(message.because("it is evaluated when the application runs"));
        }
        boolean enabled = context.getEnvironment().getProperty("dbleases.enabled", Boolean.class, true);
        return new ConditionOutcome(enabled, message.because("it is " + enabled));
    }

    static boolean isAheadOfTime() {
        return SpringProperties.getFlag(AbstractAotProcessor.AOT_PROCESSING);
    }
}
