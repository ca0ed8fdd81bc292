package io.github.dbleases.sample.emails;

import io.github.dbleases.Tasker;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Sends the emails that the runner {@code emails} has claimed. */
@Component
class EmailSender implements Tasker<Email> {

    private final MailServers servers;

    EmailSender(MailServers servers) {
        this.servers = servers;
    }

    /**
     * Returns what was sent; what was refused is tried again later. To throw because of it would have the whole batch tried
     * again.
     */
    @Override
    public List<Email> perform(List<Email> emails) throws InterruptedException {
        List<Email> sent = new ArrayList<>();
        for (Email email : emails) {
            if (servers.take(email)) {
                sent.add(email);
            }
        }
        return sent;
    }
}
