package io.github.dbleases.sample.emails;

import io.github.dbleases.Tasker;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Sends the emails that the runner {@code emails} has claimed. */
@Configuration(proxyBeanMethods = false)
class EmailSender {

    /** An email for which this throws is tried again later, or is given up; the others are not affected. */
    @Bean
    Tasker<Email> emailsTasker(MailServers servers) {
        return Tasker.each(servers::take);
    }
}
