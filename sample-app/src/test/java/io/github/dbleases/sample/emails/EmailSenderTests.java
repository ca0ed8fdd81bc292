package io.github.dbleases.sample.emails;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.sample.DeskDatabase;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class EmailSenderTests {

    private static final String PLAIN = customerOf(MailDomain.AIRMAIL);
    private static final String GREYLISTED = customerOf(MailDomain.GREYLIST);

    @AutoClose
    private final PostRoom room = new PostRoom(new DeskDatabase());

    private final EmailSender sender = room.sender("instance-1");

    private static String customerOf(MailDomain domain) {
        return IntStream.range(0, 500)
                .mapToObj("C-%04d"::formatted)
                .filter(customer -> MailDomain.ofAddress(MailDomain.addressOf(customer)) == domain)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsNotRefusedIsSentAndReturned() throws Exception {
        Email first = room.done(PLAIN);
        Email refused = room.done(GREYLISTED);
        Email last = room.done(PLAIN);

        assertThat(sender.perform(List.of(first, refused, last))).containsExactly(first, last);

        assertThat(room.jdbc
                        .sql("SELECT order_id FROM sent_email ORDER BY id")
                        .query(Long.class)
                        .list())
                .containsExactly(first.orderId(), last.orderId());
        assertThat(room.jdbc
                        .sql("SELECT DISTINCT address || ' by ' || sent_by FROM sent_email")
                        .query(String.class)
                        .single())
                .isEqualTo(MailDomain.addressOf(PLAIN) + " by instance-1");
    }

    @Test
    void anEmailThatWasRefusedBeforeIsTakenByWhomeverItIsSent() throws Exception {
        Email email = room.done(GREYLISTED);
        assertThat(sender.perform(List.of(email))).isEmpty();
        assertThat(room.jdbc
                        .sql("SELECT answer FROM email_outbox")
                        .query(String.class)
                        .single())
                .isEqualTo("451 4.7.1 Greylisted, try again later");
        room.refuse(email, 1);

        assertThat(room.sender("instance-2").perform(List.of(email))).containsExactly(email);
    }

    @Test
    void aWrongAddressIsRefusedForEver() throws Exception {
        Email email = room.done(MailDomain.UNREACHABLE);
        room.refuse(email, 1_000);

        assertThat(sender.perform(List.of(email))).isEmpty();
    }

    @Test
    void theReportTellsWhatIsLeftAndWhoHasSentWhat() throws Exception {
        sender.perform(List.of(room.done(PLAIN), room.done(PLAIN)));
        room.jdbc.sql("UPDATE email_outbox SET sent_at = now()").update();
        room.done(PLAIN);
        room.claim(room.done(PLAIN), 7);
        Email again = room.done(PLAIN);
        room.claim(again, 7);
        room.refuse(again, 1);
        room.refuse(room.done(PLAIN), 2);
        room.refuse(room.done(PLAIN), PostRoom.MAX_ATTEMPTS);

        Mailing mailing = room.report().read();

        assertThat(mailing.sent()).isEqualTo(2);
        assertThat(mailing.byInstance()).isEqualTo(Map.of("instance-1", new Mailing.Share(2, 1)));
        assertThat(mailing.heldBySession()).isEqualTo(Map.of(7L, 2L));
        assertThat(mailing.outbox().waiting()).isEqualTo(1);
        assertThat(mailing.outbox().held()).isEqualTo(1);
        assertThat(mailing.outbox().again()).isEqualTo(2);
        assertThat(mailing.outbox().putAside()).isEqualTo(1);
        assertThat(mailing.outbox().answer()).isEqualTo("No such mailbox");
        assertThat(mailing.outbox().oldestMillis()).isNotNegative();
    }

    @Test
    void whereNothingIsEverPutAsideAnEmailIsTriedAgainHoweverOftenItWasRefused() {
        room.refuse(room.done(PLAIN), 1_000);

        Mailing mailing = new MailingReport(room.jdbc, new AttemptLimit(0)).read();

        assertThat(mailing.outbox().again()).isEqualTo(1);
        assertThat(mailing.outbox().putAside()).isZero();
    }

    @Test
    void ofAnEmptyOutboxNothingIsOld() {
        assertThat(room.report().read().outbox()).isEqualTo(new Mailing.Outbox(0, 0, 0, null, 0, null));
    }
}
