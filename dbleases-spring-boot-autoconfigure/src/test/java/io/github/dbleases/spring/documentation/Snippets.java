package io.github.dbleases.spring.documentation;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Compiles all Java snippets of the documents together. A snippet without imports gets those that it leaves out. */
final class Snippets {

    private static final Pattern TYPE = Pattern.compile("(?m)^(?:final )?(?:class|@?interface|record) (\\w+)");

    private static final String IMPORTS = """
            import static org.assertj.core.api.Assertions.*;
            import static org.awaitility.Awaitility.await;
            import static org.mockito.Mockito.*;

            import com.zaxxer.hikari.HikariDataSource;
            import io.github.dbleases.*;
            import io.github.dbleases.spring.DbLeasesDataSource;
            import io.github.dbleases.spring.TransactionFence;
            import io.github.dbleases.spi.LeaseStore;
            import io.github.dbleases.memory.InMemoryLeaseStore;
            import io.github.dbleases.postgres.*;
            import io.github.dbleases.keyvalue.MapBackend;
            import io.github.dbleases.test.*;
            import io.github.dbleases.test.contract.KeyValueBackendContract;
            import io.github.dbleases.test.spring.AutoConfigureTestLeases;
            import java.lang.annotation.Retention;
            import java.lang.annotation.RetentionPolicy;
            import java.time.Duration;
            import java.util.ArrayList;
            import java.util.List;
            import java.util.function.IntConsumer;
            import org.junit.jupiter.api.Test;
            import org.postgresql.ds.PGSimpleDataSource;
            import org.springframework.beans.factory.annotation.Autowired;
            import org.springframework.beans.factory.annotation.Qualifier;
            import org.springframework.boot.context.properties.ConfigurationProperties;
            import org.springframework.boot.test.context.*;
            import org.springframework.context.annotation.*;
            import org.springframework.context.event.EventListener;
            import org.springframework.core.annotation.AliasFor;
            import org.springframework.jdbc.core.RowMapper;
            import org.springframework.jdbc.core.simple.JdbcClient;
            import org.springframework.scheduling.annotation.Scheduled;
            import org.springframework.stereotype.Component;
            import org.springframework.transaction.annotation.Transactional;
            """;

    private Snippets() {}

    /** Returns the errors and warnings of the compiler. */
    static List<String> compile(List<Document> documents, Path output) {
        List<JavaFileObject> sources = new ArrayList<>();
        documents.forEach(document ->
                document.snippets("java").forEach(snippet -> sources.add(source(document.toString(), snippet))));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        List<String> options =
                List.of("-proc:none", "-classpath", System.getProperty("java.class.path"), "-d", output.toString());
        compiler.getTask(null, null, diagnostics, options, null, sources).call();
        return diagnostics.getDiagnostics().stream().map(Snippets::tell).toList();
    }

    /** Runs the tests of a compiled type. */
    static void runTests(String type, Path output) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {output.toUri().toURL()}, Snippets.class.getClassLoader())) {
            Class<?> tests = loader.loadClass(type);
            Constructor<?> constructor = tests.getDeclaredConstructor();
            constructor.setAccessible(true);
            for (Method test : tests.getDeclaredMethods()) {
                if (test.isAnnotationPresent(Test.class)) {
                    test.setAccessible(true);
                    test.invoke(constructor.newInstance());
                }
            }
        }
    }

    private static JavaFileObject source(String document, String snippet) {
        Matcher type = TYPE.matcher(snippet);
        if (!type.find()) {
            throw new IllegalArgumentException("A snippet of " + document + " has no type: " + snippet);
        }
        return new Source(type.group(1), snippet.startsWith("import ") ? snippet : IMPORTS + snippet);
    }

    private static String tell(Diagnostic<? extends JavaFileObject> diagnostic) {
        return diagnostic.toString() + diagnostic.getMessage(Locale.ROOT);
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String content;

        private Source(String type, String content) {
            super(URI.create("string:///" + type + ".java"), JavaFileObject.Kind.SOURCE);
            this.content = content;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }
}
