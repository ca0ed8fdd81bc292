package io.github.dbleases.sample.emails;

import io.github.dbleases.Tasker;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Sends the emails that the runner {@code emails} has claimed. */
@Configuration(proxyBeanMethods = false)
class EmailSender {

    /** If this throws, the email is tried again later or given up. Other emails are not affected. */
    @Bean
    Tasker<Email> emailsTasker(MailServers servers) {
        return Tasker.each(servers::take);
    }
}
