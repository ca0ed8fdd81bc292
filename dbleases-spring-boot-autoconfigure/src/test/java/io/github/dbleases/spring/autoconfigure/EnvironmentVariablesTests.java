package io.github.dbleases.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.Lease;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.Tasker;
import io.github.dbleases.spring.MemoryQueue;
import io.github.dbleases.spring.tasks.TaskRunnersAutoConfiguration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What the variables of a container set. */
@ExtendWith(OutputCaptureExtension.class)
class EnvironmentVariablesTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LeaseStoreAutoConfiguration.class,
                    DbLeasesAutoConfiguration.class,
                    TaskRunnersAutoConfiguration.class))
            .withUserConfiguration(Mails.class)
            .withPropertyValues("dbleases.store.type=memory");

    private ApplicationContextRunner with(Map<String, Object> variables) {
        return application.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables)));
    }

    @Test
    void aRunnerAndALeaseAreConfigured() {
        with(Map.of("DBLEASES_RUNNERS_MAILS_TASKS_PER_SESSION", "5", "DBLEASES_LEASES_ORDERS_PARTITIONS", "12"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(Lease.class).partitions()).isEqualTo(12);
                    assertThat(context.getBean(TaskRunner.class).name()).isEqualTo("mails");
                    assertThat(context.getBean(DbLeasesProperties.class)
                                    .runners()
                                    .get("mails")
                                    .tasksPerSession())
                            .isEqualTo(5);
                });
    }

    @Test
    void aLeaseWithADashIsSetAndNotDoubled() {
        with(Map.of("DBLEASES_LEASES_MYORDERS_PARTITIONS", "12"))
                .withPropertyValues("dbleases.leases.my-orders.partitions=8")
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(Lease.class);
                    assertThat(context.getBean(Lease.class).name()).isEqualTo("my-orders");
                    assertThat(context.getBean(Lease.class).partitions()).isEqualTo(12);
                    assertThat(context.getBean(DbLeasesProperties.class).leases())
                            .containsOnlyKeys("my-orders");
                });
    }

    @Test
    void aRunnerThatIsNotMeantIsNone(CapturedOutput output) {
        with(Map.of("DBLEASES_RUNNERS_MIALS_TASKS_PER_SESSION", "5", "DBLEASES_TLL", "9s"))
                .withPropertyValues("dbleases.runners.mails.interval=1s")
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(TaskRunner.class);
                    assertThat(context.getBean(DbLeasesProperties.class).runners())
                            .containsOnlyKeys("mails");
                });

        assertThat(output)
                .containsOnlyOnce("Environment variable DBLEASES_RUNNERS_MIALS_TASKS_PER_SESSION has no effect")
                .contains("Did you mean DBLEASES_RUNNERS_MAILS_TASKS_PER_SESSION?")
                .containsOnlyOnce("Environment variable DBLEASES_TLL has no effect. Did you mean DBLEASES_TTL?");
    }

    @Configuration(proxyBeanMethods = false)
    static class Mails {

        @Bean
        Tasker<String> mailsTasker() {
            return tasks -> tasks;
        }

        @Bean
        TaskQueue<String> mailsTaskQueue() {
            return new MemoryQueue();
        }
    }
}
