package io.github.dbleases.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.LeaseSpec;
import io.github.dbleases.spi.Holdings;
import io.github.dbleases.spi.LeaseTransaction;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The contract of a store for tasks leases. */
abstract class TaskMembershipContract extends StoreContractSupport {

    @Test
    void theTaskMembersAreTheLiveMembers() {
        open(10);
        open(20);
        open(30);
        share("letters", 10, 20);
        share("bills", 30, 10);
        share("others", 30);
        createOrders(10, 20, 30);
        grant(0, 10);

        Holdings holdings = work.holdings(10);

        assertThat(holdings.taskMembers()).isEqualTo(Map.of("letters", Set.of(10L, 20L), "bills", Set.of(10L, 30L)));
        assertThat(holdings.partitions()).hasSize(1);
        assertThat(work.holdings(20).taskMembers()).isEqualTo(Map.of("letters", Set.of(10L, 20L)));
    }

    @Test
    void aDeadSessionHasNoTaskMembers() {
        open(10);
        open(20);
        share("letters", 10, 20);

        markDead(20);

        assertThat(work.holdings(10).taskMembers()).isEqualTo(Map.of("letters", Set.of(10L)));
        assertThat(work.holdings(77).taskMembers()).isEmpty();
    }

    @Test
    void aSessionThatLeftHasNoTaskMembers() {
        open(10);
        open(20);
        share("letters", 10, 20);

        in("letters", transaction -> {
            transaction.removeMember("letters", 10);
            return true;
        });

        assertThat(work.holdings(10).taskMembers()).isEmpty();
        assertThat(work.holdings(20).taskMembers()).isEqualTo(Map.of("letters", Set.of(20L)));
    }

    @Test
    void aTransactionKnowsWhetherItHasAddedOrRemovedAMember() {
        open(10);
        share("letters");

        assertThat(membersChangedAfter(transaction -> transaction.addMember("letters", 10)))
                .isTrue();
        assertThat(membersChangedAfter(transaction -> transaction.addMember("letters", 10)))
                .isFalse();
        assertThat(membersChangedAfter(transaction -> transaction.removeMember("letters", 77)))
                .isFalse();
        assertThat(membersChangedAfter(transaction -> transaction.snapshot("letters")))
                .isFalse();
        assertThat(membersChangedAfter(transaction -> transaction.removeMember("letters", 10)))
                .isTrue();
    }

    @Test
    void aTransactionKnowsWhetherASnapshotHasDeletedDeadMembers() {
        open(10);
        open(20);
        share("letters", 10, 20);
        markDead(20);

        assertThat(membersChangedAfter(transaction -> transaction.snapshot("letters")))
                .isTrue();
        assertThat(membersChangedAfter(transaction -> transaction.snapshot("letters")))
                .isFalse();
    }

    private boolean membersChangedAfter(Consumer<LeaseTransaction> action) {
        return in("letters", transaction -> {
            action.accept(transaction);
            return transaction.membersChanged("letters");
        });
    }

    private void share(String name, long... members) {
        in(name, transaction -> {
            transaction.create(LeaseSpec.tasks(name));
            for (long member : members) {
                transaction.addMember(name, member);
            }
            return true;
        });
    }

    private <T> T in(String name, Function<LeaseTransaction, T> action) {
        return work.transact(names(name), action::apply);
    }
}
