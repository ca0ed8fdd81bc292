package io.github.dbleases.spring.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaderOnly;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.annotation.AliasFor;
import org.springframework.scheduling.annotation.Scheduled;

/** Which types are searched completely. */
class AnnotatedTypesTests {

    private final AnnotatedTypes types = new AnnotatedTypes();

    @ParameterizedTest
    @ValueSource(
            classes = {
                OnType.class,
                OnMethod.class,
                OnPrivateMethod.class,
                Inheriting.class,
                Implementing.class,
                ImplementingIndirectly.class,
                Meta.class,
                Repeated.class,
                Job.class
            })
    void whatHasTheAnnotationIsSearched(Class<?> type) {
        assertThat(types.mayHave(type)).isTrue();
        assertThat(types.mayHave(type)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(classes = {Object.class, ArrayList.class, Without.class, AnnotatedTypes.class, Runnable.class})
    void whatHasItNotIsNotSearched(Class<?> type) {
        assertThat(types.mayHave(type)).isFalse();
        assertThat(types.mayHave(type)).isFalse();
    }

    @Test
    void theInterfacesOfAProxyCount() {
        Object proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Job.class}, (self, method, arguments) -> null);

        assertThat(types.mayHave(proxy.getClass())).isTrue();
    }

    @LeaderOnly("reports")
    static class OnType {}

    static class OnMethod {

        @LeaderOnly("reports")
        void run() {}
    }

    static class OnPrivateMethod {

        @LeaderOnly("reports")
        private void run() {}
    }

    static class Inheriting extends OnMethod {}

    interface Job {

        @LeaderOnly("reports")
        void run();
    }

    static class Implementing implements Job {

        @Override
        public void run() {}
    }

    static class ImplementingIndirectly extends Implementing {}

    @LeaderOnly
    @Retention(RetentionPolicy.RUNTIME)
    @Repeatable(All.class)
    @interface Nightly {

        @AliasFor(annotation = LeaderOnly.class, attribute = "value")
        String value();
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface All {

        Nightly[] value();
    }

    static class Meta {

        @Nightly("reports")
        void run() {}
    }

    static class Repeated {

        @Nightly("one")
        @Nightly("two")
        void run() {}
    }

    static class Without {

        @Scheduled(fixedRate = 1000)
        void run() {}
    }
}
