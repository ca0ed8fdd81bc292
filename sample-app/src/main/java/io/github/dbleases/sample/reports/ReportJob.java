package io.github.dbleases.sample.reports;

import io.github.dbleases.Hold;
import io.github.dbleases.Leadership;
import io.github.dbleases.LeadershipListener;
import io.github.dbleases.LeaseClient;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Writes a report every few seconds, in the instance that leads. */
@Component
public class ReportJob implements LeadershipListener {

    /** The name of the election. */
    public static final String ELECTION = "report";

    private static final Logger log = LoggerFactory.getLogger(ReportJob.class);

    private final ReportBook book;
    private final Leadership leadership;

    ReportJob(ReportBook book, LeaseClient client) {
        this.book = book;
        this.leadership = client.leadership(ELECTION);
        leadership.addListener(this);
    }

    @Scheduled(fixedDelayString = "${sample.report-interval}")
    void writeIfLeader() {
        Optional<Hold> leading = leadership.tryHold();
        leading.ifPresent(hold -> {
            try (hold) {
                write(hold.token());
            }
        });
    }

    /** A token that is refused is never accepted again: whoever has it must not go on. */
    private void write(long token) {
        if (!book.write(token)) {
            log.warn("The report with token {} is refused: a later leader has written one.", token);
            leadership.resign();
        }
    }

    @Override
    public void onElected(long token) {
        log.info("Writes the reports from now on, with token {}", token);
    }

    @Override
    public void onOusted() {
        log.info("Writes no more reports");
    }
}
