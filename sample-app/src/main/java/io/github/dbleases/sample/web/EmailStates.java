package io.github.dbleases.sample.web;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.sample.emails.EmailCheck;
import io.github.dbleases.sample.emails.Mailing;
import io.github.dbleases.sample.emails.MailingReport;
import io.github.dbleases.sample.web.State.Emails;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Reads the progress of the mailing, and whether each email was sent exactly once. */
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

    Emails read(ClusterView cluster, Mailing mailing) {
        return new Emails(
                mailing.sent(),
                rate(mailing),
                mailing.outbox(),
                ownerless(cluster, mailing),
                check.latest().orElse(null));
    }

    private static long ownerless(ClusterView cluster, Mailing mailing) {
        Set<Long> live = cluster.sessions().stream().map(SessionView::session).collect(Collectors.toSet());
        return mailing.heldBySession().entrySet().stream()
                .filter(held -> !live.contains(held.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static double rate(Mailing mailing) {
        return mailing.byInstance().values().stream()
                .mapToDouble(Mailing.Share::perSecond)
                .sum();
    }
}
