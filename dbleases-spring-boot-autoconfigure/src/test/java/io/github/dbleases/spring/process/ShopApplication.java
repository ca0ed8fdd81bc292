package io.github.dbleases.spring.process;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.Lease;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.Tasker;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** A small application: a lease, a class that only the leader runs, and a runner with a record. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = {FlywayAutoConfiguration.class, LiquibaseAutoConfiguration.class})
@EnableScheduling
public class ShopApplication {

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(ShopApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        ConfigurableApplicationContext context = application.run(arguments);
        System.out.println(
                "started; client " + context.getBean(LeaseClient.class).state());
    }

    @Bean
    Job job() {
        return new Job();
    }

    @Bean
    Watcher watcher(Lease ordersLease) {
        return new Watcher(ordersLease);
    }

    @Bean
    Mailer mailsTasker() {
        return new Mailer();
    }

    @LeaderOnly("reports")
    public static class Job {

        @Scheduled(fixedDelay = 100)
        public void run() {
            System.out.println("run of the job");
        }
    }

    public static class Watcher {

        private final Lease lease;

        Watcher(Lease lease) {
            this.lease = lease;
        }

        @Scheduled(fixedDelay = 100)
        public void run() {
            System.out.println("owns " + lease.values().size() + " partitions");
        }
    }

    public record Mail(long id, String address) {}

    public static class Mailer implements Tasker<Mail> {

        @Override
        public List<Mail> perform(List<Mail> mails) {
            mails.forEach(mail -> System.out.println("mail to " + mail.address()));
            return mails;
        }
    }
}
