package io.github.dbleases.sample.reports;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Writes a report every few seconds in the instance that leads. */
@Component
public class ReportJob {

    /** The name of the election. */
    public static final String ELECTION = "report";

    private static final Logger log = LoggerFactory.getLogger(ReportJob.class);

    private final ReportBook book;
    private final LeaseClient client;

    ReportJob(ReportBook book, LeaseClient client) {
        this.book = book;
        this.client = client;
    }

    /** A refused token is never accepted again, so this instance must not continue. */
    @Scheduled(fixedDelayString = "${sample.report-interval}")
    @LeaderOnly(ELECTION)
    void write() {
        long token = CurrentLeadership.get().orElseThrow().token();
        if (!book.write(token)) {
            log.warn("The report with token {} was refused: a later leader has already written one.", token);
            client.leadership(ELECTION).resign();
        }
    }

    @EventListener
    void elected(LeaseEvent.Elected event) {
        log.info("Now writing the reports, with token {}", event.token());
    }

    @EventListener
    void ousted(LeaseEvent.Ousted event) {
        log.info("No longer writing reports");
    }
}
