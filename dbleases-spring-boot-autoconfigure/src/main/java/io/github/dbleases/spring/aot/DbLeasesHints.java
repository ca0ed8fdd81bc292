package io.github.dbleases.spring.aot;

import io.github.dbleases.LeaderOnly;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** The scripts of the migrations, and the annotation, which Spring makes with the attributes of others. */
final class DbLeasesHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/github/dbleases/migration/*.sql");
        hints.proxies().registerJdkProxy(LeaderOnly.class);
    }
}
