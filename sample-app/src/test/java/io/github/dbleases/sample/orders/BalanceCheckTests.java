package io.github.dbleases.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.github.dbleases.Hold;
import io.github.dbleases.Lease;
import io.github.dbleases.sample.SampleProperties;
import io.github.dbleases.sample.orders.Verdict.WrongBalance;
import io.github.dbleases.test.FakeLease;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class BalanceCheckTests {

    private static final BooleanSupplier NEVER = () -> false;

    @AutoClose
    private final Desk desk = new Desk();

    private final FakeLease lease = Desk.soleOwner(128);
    private final SampleProperties properties = Desk.named("instance-1", 200);
    private final BalanceCheck check = desk.check(properties);

    @Test
    void noVerdictIsGivenBeforeAllOrdersAreDone() {
        desk.orderImport(lease, properties).importOnce();
        assertThat(check.checkIfAllDone()).isFalse();

        doAll();

        assertThat(check.checkIfAllDone()).isTrue();
        assertThat(check.latest()).hasValueSatisfying(verdict -> {
            assertThat(verdict.right()).isTrue();
            assertThat(verdict.orders()).isEqualTo(200);
            assertThat(verdict.customers()).isEqualTo(desk.count("desk_customer"));
            assertThat(verdict.checkedBy()).isEqualTo("instance-1");
        });
    }

    @Test
    void noVerdictIsGivenWithoutOrders() {
        desk.orderImport(lease, Desk.named("instance-1", 0)).importOnce();

        assertThat(check.checkIfAllDone()).isFalse();
        assertThat(check.latest()).isEmpty();
    }

    @Test
    void onlyOneInstanceReportsTheVerdict(CapturedOutput output) {
        desk.orderImport(lease, properties).importOnce();
        doAll();

        assertThat(check.checkIfAllDone()).isTrue();
        assertThat(check.checkIfAllDone()).isFalse();
        assertThat(desk.check(Desk.named("instance-2", 200)).checkIfAllDone()).isFalse();

        assertThat(output.getOut()).containsOnlyOnce("all balances are right");
    }

    @Test
    void aWrongBalanceIsListedOnThePageAndInTheLog(CapturedOutput output) {
        desk.orderImport(lease, properties).importOnce();
        doAll();
        long right = desk.book(lease).balance("C-0134");
        desk.jdbc
                .sql("UPDATE desk_customer SET balance = balance + 7 WHERE id = 'C-0134'")
                .update();

        assertThat(check.checkIfAllDone()).isTrue();

        assertThat(check.latest().map(Verdict::wrong))
                .isEqualTo(Optional.of(List.of(new WrongBalance("C-0134", right, right + 7))));
        assertThat(output.getOut()).contains("1 balances are WRONG").contains("C-0134");
    }

    @Test
    void ordersThatAreAddedLaterLeadToAnotherVerdict() {
        desk.orderImport(lease, properties).importOnce();
        doAll();
        assertThat(check.checkIfAllDone()).isTrue();

        desk.book(lease).add("C-0134", -500);
        desk.book(lease).add("new-customer", 1_250);
        assertThat(check.checkIfAllDone()).isFalse();
        doAll();

        assertThat(check.checkIfAllDone()).isTrue();
        assertThat(check.latest()).hasValueSatisfying(verdict -> {
            assertThat(verdict.orders()).isEqualTo(202);
            assertThat(verdict.wrong()).isEmpty();
        });
        assertThat(desk.book(lease).balance("new-customer")).isEqualTo(1_250);
    }

    /** The reason for this sample: it would reveal what a lease must never let happen. */
    @Test
    void aSecondOwnerCausesAWrongBalance() {
        desk.orderImport(lease, properties).importOnce();
        PartitionWork second = desk.work(lease, Desk.named("instance-2", 200));
        int partition = lease.partitionOf("C-0134");
        // After the first owner reads the balance and before it writes it, a second owner processes the whole
        // partition.
        Hold interrupted = mock(delegatesTo(lease.tryHold(partition).orElseThrow()));
        when(interrupted.isTrusted())
                .thenAnswer(reading -> {
                    doBatches(second, partition);
                    return true;
                })
                .thenReturn(true);
        Lease first = mock(delegatesTo(lease));
        when(first.tryHold(partition)).thenReturn(Optional.of(interrupted)).thenReturn(Optional.empty());

        doBatches(desk.work(first, properties), partition);
        doAll();

        assertThat(check.checkIfAllDone()).isTrue();
        assertThat(check.latest())
                .hasValueSatisfying(verdict -> assertThat(verdict.wrong())
                        .anySatisfy(wrong ->
                                assertThat(lease.partitionOf(wrong.customer())).isEqualTo(partition)));
    }

    @Test
    void anInstanceThatIsNoLongerTrustedWritesNothing() throws InterruptedException {
        desk.orderImport(lease, properties).importOnce();
        BooleanSupplier pause = () -> {
            lease.suspend();
            return false;
        };

        assertThat(desk.work(lease, properties).doBatch(lease.partitionOf("C-0134"), pause))
                .isZero();

        assertThat(desk.waiting()).isEqualTo(200);
        assertThat(desk.book(lease).balance("C-0134")).isZero();
    }

    private void doAll() {
        PartitionWork work = desk.work(lease, properties);
        desk.book(lease).withWaiting(lease.values()).forEach(partition -> doBatches(work, partition));
    }

    private static void doBatches(PartitionWork work, int partition) {
        try {
            while (work.doBatch(partition, NEVER) > 0) {
                // Repeat while there is something to do.
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
