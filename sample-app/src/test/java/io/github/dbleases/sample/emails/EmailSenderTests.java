package io.github.dbleases.sample.emails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import io.github.dbleases.TaskGivenUpException;
import io.github.dbleases.TaskRunner;
import io.github.dbleases.sample.DeskDatabase;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class EmailSenderTests {

    private static final String PLAIN = customerOf(MailDomain.AIRMAIL);
    private static final String GREYLISTED = customerOf(MailDomain.GREYLIST);

    @AutoClose
    private final PostRoom room = new PostRoom(new DeskDatabase());

    private final MailServers servers = room.servers("instance-1");

    private static String customerOf(MailDomain domain) {
        return IntStream.range(0, 500)
                .mapToObj("C-%04d"::formatted)
                .filter(customer -> MailDomain.ofAddress(MailDomain.addressOf(customer)) == domain)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEmailThatIsNotRefusedIsSent() throws Exception {
        Email first = room.done(PLAIN);
        Email last = room.done(PLAIN);

        servers.take(first);
        servers.take(last);

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
    void anotherInstanceCanSendAnEmailThatWasRefusedBefore() throws Exception {
        Email email = room.done(GREYLISTED);
        assertThatThrownBy(() -> servers.take(email)).hasMessage("451 4.7.1 Greylisted, try again later");

        room.servers("instance-2").take(new Email(email.id(), email.orderId(), email.address(), 1));

        assertThat(room.report().read().sent()).isEqualTo(1);
    }

    @Test
    void anEmailToAWrongAddressIsGivenUp() {
        Email email = room.done(MailDomain.UNREACHABLE);

        assertThatThrownBy(() -> servers.take(email))
                .isInstanceOf(TaskGivenUpException.class)
                .hasMessage("550 5.1.1 No such mailbox");
    }

    @Test
    void emailsThatWereGivenUpAreRetriedOnRequest() {
        TaskRunner runner = mock();
        room.giveUp(room.done(PLAIN));
        room.giveUp(room.done(PLAIN));
        room.done(PLAIN);

        assertThat(new GivenUpEmails(room.jdbc, runner).retry()).isEqualTo(2);

        assertThat(room.report().read().outbox().givenUp()).isZero();
        assertThat(room.report().read().outbox().waiting()).isEqualTo(3);
        verify(runner).wake();
    }

    @Test
    void theReportShowsWhatIsLeftAndWhatEachInstanceHasSent() throws Exception {
        servers.take(room.done(PLAIN));
        servers.take(room.done(PLAIN));
        room.jdbc.sql("UPDATE email_outbox SET sent_at = now()").update();
        room.done(PLAIN);
        room.claim(room.done(PLAIN), 7);
        Email again = room.done(PLAIN);
        room.claim(again, 7);
        room.refuse(again, 1);
        room.refuse(room.done(PLAIN), 2);
        room.giveUp(room.done(PLAIN));

        Mailing mailing = room.report().read();

        assertThat(mailing.sent()).isEqualTo(2);
        assertThat(mailing.byInstance()).isEqualTo(Map.of("instance-1", new Mailing.Share(2, 1)));
        assertThat(mailing.heldBySession()).isEqualTo(Map.of(7L, 2L));
        assertThat(mailing.outbox().waiting()).isEqualTo(1);
        assertThat(mailing.outbox().held()).isEqualTo(1);
        assertThat(mailing.outbox().again()).isEqualTo(2);
        assertThat(mailing.outbox().givenUp()).isEqualTo(1);
        assertThat(mailing.outbox().answer()).isEqualTo("No such mailbox");
        assertThat(mailing.outbox().oldestMillis()).isNotNegative();
    }

    @Test
    void anEmptyOutboxHasNoOldestEmail() {
        assertThat(room.report().read().outbox()).isEqualTo(new Mailing.Outbox(0, 0, 0, null, 0, null));
    }
}
