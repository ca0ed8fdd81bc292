package io.github.dbleases.sample.web;

import io.github.dbleases.sample.emails.EmailCheck;
import io.github.dbleases.sample.emails.Mailing;
import io.github.dbleases.sample.emails.MailingReport;
import io.github.dbleases.sample.web.State.Emails;
import org.springframework.stereotype.Component;

/** Tells how far the sending of the emails has come, and whether each was sent once. */
@Component
class EmailStates {

    private final MailingReport report;
    private final EmailCheck check;

    EmailStates(MailingReport report, EmailCheck check) {
        this.report = report;
        this.check = check;
    }

    Mailing mailing() {
        return report.read();
    }

    Emails read(Mailing mailing) {
        return new Emails(
                mailing.sent(), rate(mailing), mailing.outbox(), check.latest().orElse(null));
    }

    private static double rate(Mailing mailing) {
        return mailing.byInstance().values().stream()
                .mapToDouble(Mailing.Share::perSecond)
                .sum();
    }
}
