package io.github.dbleases.sample.emails;

import io.github.dbleases.Tasker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Sends the emails that the runner {@code emails} has claimed. */
@Component
class EmailSender implements Tasker<Email> {

    private final MailServers servers;

    EmailSender(MailServers servers) {
        this.servers = servers;
    }

    /**
     * Sends what is not refused. To throw would take back the emails of the batch that were sent already, so this is left
     * to batches of which none was: in the end each of their emails comes alone, and has the reason written to it.
     */
    @Override
    public List<Email> perform(List<Email> emails) throws MailRefusedException, InterruptedException {
        List<Email> sent = new ArrayList<>();
        @Nullable MailRefusedException refusal = null;
        for (Email email : emails) {
            try {
                servers.send(email);
                sent.add(email);
            } catch (MailRefusedException e) {
                refusal = e;
            }
        }
        if (sent.isEmpty() && refusal != null) {
            throw refusal;
        }
        return sent;
    }
}
