package io.github.dbleases.sample.emails;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.sample.DeskDatabase;
import io.github.dbleases.sample.emails.EmailVerdict.WrongEmail;
import java.util.List;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class EmailCheckTests {

    private static final String CUSTOMER = "C-0001";

    private final DeskDatabase database = new DeskDatabase();

    @AutoClose
    private final PostRoom room = new PostRoom(database);

    private final EmailCheck check = room.check("instance-1");

    @Test
    void noVerdictIsGivenBeforeEverythingIsDoneComparedAndSent() throws Exception {
        long waiting = room.order(CUSTOMER);
        send(room.done(CUSTOMER));
        assertThat(check.checkIfAllSent()).as("an order waits").isFalse();
        room.finish(waiting);
        assertThat(check.checkIfAllSent()).as("the balances are not compared").isFalse();
        Email email = room.done(CUSTOMER);
        room.compareBalances();
        assertThat(check.checkIfAllSent()).as("an email waits").isFalse();

        send(email);

        assertThat(check.checkIfAllSent()).isTrue();
        assertThat(check.latest()).hasValueSatisfying(verdict -> {
            assertThat(verdict.orders()).isEqualTo(3);
            assertThat(verdict.checkedBy()).isEqualTo("instance-1");
        });
    }

    @Test
    void onlyOneInstanceReportsTheVerdict(CapturedOutput output) throws Exception {
        send(room.done(CUSTOMER));
        send(room.done(CUSTOMER));
        room.compareBalances();

        assertThat(check.checkIfAllSent()).isTrue();
        assertThat(check.checkIfAllSent()).isFalse();
        assertThat(room.check("instance-2").checkIfAllSent()).isFalse();

        assertThat(output.getOut())
                .containsOnlyOnce(
                        "2 emails about 2 orders were sent, 0 were given up: no email was lost or sent twice.");
        assertThat(check.latest())
                .hasValueSatisfying(verdict -> assertThat(verdict.right()).isTrue());
    }

    @Test
    void anEmailThatWasSentTwiceIsReported(CapturedOutput output) throws Exception {
        Email email = room.done(CUSTOMER);
        send(email);
        send(email);
        room.compareBalances();

        assertThat(check.checkIfAllSent()).isTrue();

        assertThat(check.latest()).hasValueSatisfying(verdict -> {
            assertThat(verdict.right()).isFalse();
            assertThat(verdict.doubled()).isEqualTo(1);
            assertThat(verdict.wrong()).isEqualTo(List.of(new WrongEmail(email.orderId(), 2)));
        });
        assertThat(output.getOut()).contains("0 were LOST and 1 were SENT TWICE, for the orders [" + email.orderId());
    }

    @Test
    void anEmailThatWasOnlyMarkedAsSentIsReportedAsLost(CapturedOutput output) {
        Email email = room.done(CUSTOMER);
        room.markSent(email);
        room.compareBalances();

        assertThat(check.checkIfAllSent()).isTrue();

        assertThat(check.latest())
                .hasValueSatisfying(
                        verdict -> assertThat(verdict.wrong()).isEqualTo(List.of(new WrongEmail(email.orderId(), 0))));
        assertThat(output.getOut()).contains("1 were LOST and 0 were SENT TWICE");
    }

    @Test
    void anOrderWithoutAnEmailInTheOutboxIsReported() {
        room.finish(room.order(CUSTOMER));
        room.compareBalances();

        assertThat(check.checkIfAllSent()).isTrue();

        assertThat(check.latest())
                .hasValueSatisfying(verdict -> assertThat(verdict.lost()).isEqualTo(1));
    }

    @Test
    void anEmailThatIsGivenUpIsCountedAndNotLost() throws Exception {
        send(room.done(CUSTOMER));
        Email refused = room.done(MailDomain.UNREACHABLE);
        room.compareBalances();
        room.refuse(refused, 3);
        assertThat(check.checkIfAllSent()).as("one attempt is left").isFalse();

        room.giveUp(refused);

        assertThat(check.checkIfAllSent()).isTrue();
        assertThat(check.latest()).hasValueSatisfying(verdict -> {
            assertThat(verdict.right()).isTrue();
            assertThat(verdict.sent()).isEqualTo(1);
            assertThat(verdict.givenUp()).isEqualTo(1);
        });
    }

    @Test
    void anEmailThatIsSentAfterAVerdictLeadsToAnother() throws Exception {
        Email email = room.done(CUSTOMER);
        send(email);
        room.compareBalances();
        assertThat(check.checkIfAllSent()).isTrue();

        room.servers("instance-2").take(email);

        assertThat(check.checkIfAllSent()).isTrue();
        assertThat(check.latest())
                .hasValueSatisfying(verdict -> assertThat(verdict.doubled()).isEqualTo(1));
    }

    @Test
    void ordersThatWereDoneBeforeThereWereEmailsNeedNone() throws Exception {
        try (DeskDatabase earlier = new DeskDatabase(MigrationVersion.fromVersion("2"));
                PostRoom grown = new PostRoom(earlier)) {
            long waiting = grown.order(CUSTOMER);
            grown.finish(grown.order(CUSTOMER));
            earlier.migrate(MigrationVersion.LATEST);
            grown.finish(waiting);
            send(grown, grown.done(CUSTOMER));
            grown.compareBalances();

            assertThat(grown.check("instance-1").checkIfAllSent()).isTrue();

            assertThat(grown.check("instance-1").latest()).hasValueSatisfying(verdict -> {
                assertThat(verdict.orders()).isEqualTo(2);
                assertThat(verdict.wrong()).isEqualTo(List.of(new WrongEmail(waiting, 0)));
            });
        }
    }

    private void send(Email email) throws Exception {
        send(room, email);
    }

    private static void send(PostRoom room, Email email) throws Exception {
        room.servers("instance-1").take(email);
        room.markSent(email);
    }
}
