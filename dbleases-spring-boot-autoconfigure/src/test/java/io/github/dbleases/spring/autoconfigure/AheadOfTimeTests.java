package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Tasker;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.spring.tasks.TaskRunnersAutoConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** Spring can write the configuration as code when an application is built, the beans of leases and runners among it. */
class AheadOfTimeTests {

    @Test
    void theBeansOfLeasesAndRunnersAreWrittenAsCode() throws Exception {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        TestPropertyValues.of(Map.of(
                        "spring.datasource.url", "jdbc:postgresql://nowhere/leases",
                        "dbleases.leases.orders.partitions", "128",
                        "dbleases.runners.order-emails.table", "outbox"))
                .applyTo(context);
        context.register(
                DataSourceAutoConfiguration.class,
                LeaseStoreAutoConfiguration.class,
                LeaseMigrationAutoConfiguration.class,
                DbLeasesAutoConfiguration.class,
                TaskRunnersAutoConfiguration.class);
        InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
        DefaultGenerationContext generation =
                new DefaultGenerationContext(new ClassNameGenerator(ClassName.get("shop", "Shop")), files);

        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        generation.writeGeneratedContent();

        assertThat(generated(files, "DbLeasesAutoConfiguration"))
                .contains("ordersLease")
                .doesNotContain("128")
                .contains("AutowireCandidateQualifier");
        assertThat(generated(files, "TaskRunnerFactory"))
                .contains("orderEmailsRunner")
                .contains("\"order-emails\"")
                .contains("AutowireCandidateQualifier");
    }

    @Test
    void whatIsReadByReflectionIsRegistered() throws Exception {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        TestPropertyValues.of("spring.datasource.url=jdbc:postgresql://nowhere/leases")
                .applyTo(context);
        context.register(
                DataSourceAutoConfiguration.class,
                LeaseStoreAutoConfiguration.class,
                LeaseMigrationAutoConfiguration.class);
        context.registerBean(MailTasker.class);
        context.registerBean(Job.class);
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("shop", "Shop")), new InMemoryGeneratedFiles());

        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);

        assertThat(List.of(
                        RuntimeHintsPredicates.resource().forResource("io/github/dbleases/migration/V1__leases.sql"),
                        RuntimeHintsPredicates.proxies().forInterfaces(LeaderOnly.class),
                        RuntimeHintsPredicates.reflection()
                                .onConstructorInvocation(Mail.class.getDeclaredConstructor(long.class, String.class)),
                        RuntimeHintsPredicates.reflection().onMethodInvocation(Job.class.getDeclaredMethod("run"))))
                .allMatch(hint -> hint.test(generation.getRuntimeHints()));
    }

    record Mail(long id, String address) {}

    static class MailTasker implements Tasker<Mail> {

        @Override
        public List<Mail> perform(List<Mail> mails) {
            return mails;
        }
    }

    static class Job {

        @LeaderOnly("reports")
        public ArrayList<String> run() {
            return new ArrayList<>();
        }
    }

    private static String generated(InMemoryGeneratedFiles files, String type) {
        return files.getGeneratedFiles(Kind.SOURCE).keySet().stream()
                .filter(name -> name.contains(type))
                .map(name -> content(files, name))
                .collect(Collectors.joining());
    }

    private static String content(InMemoryGeneratedFiles files, String name) {
        try {
            return files.getGeneratedFileContent(Kind.SOURCE, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
