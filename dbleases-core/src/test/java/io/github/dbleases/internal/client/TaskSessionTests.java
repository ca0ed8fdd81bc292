package io.github.dbleases.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.InvalidLeaseException;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.internal.InternalLeaseClient;
import io.github.dbleases.internal.TaskSession;
import io.github.dbleases.internal.TaskSessionListener;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Task sessions of clients with real threads. */
@Timeout(60)
class TaskSessionTests extends RealClients {

    @Test
    void itHasTheSessionOfItsClientWhenItIsReturned() {
        InternalLeaseClient client = start("one");

        TaskSession tasks = client.taskSession("letters");

        assertThat(tasks.id()).isEqualTo(client.status().session());
        assertThat(tasks.sessions()).isEqualTo(1);
        assertThat(client.taskSession("letters")).isSameAs(tasks);
        assertThat(client.taskSessions()).containsExactly(tasks);
        assertThat(client.leases()).isEmpty();
        tasks.leave();
        assertThat(tasks.id()).isEmpty();
        assertThat(client.taskSessions()).isEmpty();
    }

    @Test
    void itIsSeenAsALeaseWithoutPartitions() {
        InternalLeaseClient client = start("one");
        TaskSession one = client.taskSession("letters");
        TaskSession two = start("two").taskSession("letters");
        await().until(() -> one.sessions() == 2);

        LeaseView view = client.cluster().leases().get("letters");

        assertThat(view.kind()).isEqualTo(LeaseKind.TASKS);
        assertThat(view.members()).extracting(member -> member.client()).containsExactlyInAnyOrder("one", "two");
        assertThat(view.partitions()).isEmpty();
        assertThat(view.balanced()).isTrue();
        assertThat(client.cluster("letters").leases()).containsOnlyKeys("letters");
        one.leave();
        two.leave();
    }

    @Test
    void aNameOfAnotherKindIsRefused() {
        InternalLeaseClient client = start("one");
        client.lease("orders", 4);
        InternalLeaseClient other = start("two");

        for (InternalLeaseClient asking : new InternalLeaseClient[] {client, other}) {
            assertThatThrownBy(() -> asking.taskSession("orders"))
                    .isInstanceOf(LeaseConflictException.class)
                    .hasMessageContaining("'tasks'")
                    .hasMessageContaining("'partitions'");
        }
        TaskSession letters = client.taskSession("letters");
        assertThatThrownBy(() -> other.leadership("letters"))
                .isInstanceOf(LeaseConflictException.class)
                .hasMessageContaining("'tasks'")
                .hasMessageContaining("'leader'");
        assertThatThrownBy(() -> client.taskSession("no name")).isInstanceOf(InvalidLeaseException.class);
        letters.leave();
    }

    @Test
    void aListenerThatLeavesWhenItIsToldAllowsTheClientToCloseAtOnce() {
        InternalLeaseClient client = start("one");
        TaskSession tasks = client.taskSession("letters");
        AtomicReference<Thread> told = new AtomicReference<>();
        tasks.addListener(new TaskSessionListener() {

            @Override
            public void onChanged() {}

            @Override
            public void onClosing() {
                told.set(Thread.currentThread());
                tasks.leave();
            }
        });

        client.close();

        assertThat(told.get().getName()).contains("listener");
        assertThat(store.workChannel(FAST).clusterSnapshot().sessions()).noneMatch(session -> session.live());
        assertThatThrownBy(() -> client.taskSession("letters")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTaskSessionOfARetiredClientReportsAtOnceThatItCloses() {
        InternalLeaseClient client = start("one");
        client.retire();

        TaskSession tasks = client.taskSession("letters");
        AtomicReference<Boolean> told = new AtomicReference<>(false);
        tasks.addListener(new TaskSessionListener() {

            @Override
            public void onChanged() {}

            @Override
            public void onClosing() {
                told.set(true);
            }
        });

        assertThat(tasks.id()).isEmpty();
        await().until(told::get);
    }
}
