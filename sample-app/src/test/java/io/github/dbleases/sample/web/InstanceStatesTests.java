package io.github.dbleases.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dbleases.ClusterView;
import io.github.dbleases.ClusterView.LeaseView;
import io.github.dbleases.ClusterView.PartitionView;
import io.github.dbleases.ClusterView.SessionView;
import io.github.dbleases.LeaseKind;
import io.github.dbleases.sample.emails.Mailing;
import io.github.dbleases.sample.instance.InstanceDirectory.Entry;
import io.github.dbleases.sample.instance.InstanceDirectory.Phase;
import io.github.dbleases.sample.orders.Progress;
import io.github.dbleases.sample.orders.Progress.Share;
import io.github.dbleases.sample.web.State.Instance;
import io.github.dbleases.sample.web.State.Sending;
import io.github.dbleases.sample.web.State.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InstanceStatesTests {

    private static final Progress PROGRESS =
            new Progress(true, 10, 7, Map.of("instance-1", new Share(7, 3.5)), Map.of());

    /** Session 1 holds five emails, and instance-1 has sent six. */
    private static final Mailing MAILING = new Mailing(
            new Mailing.Outbox(0, 5, 0, 1_000L, 0, null),
            6,
            Map.of("instance-1", new Mailing.Share(6, 2.5)),
            Map.of(1L, 5L));

    @Test
    void anInstanceWithALiveSessionIsActiveAndOwnsWhatItsSessionOwns() {
        Instance instance = only(cluster(session(1, "instance-1")), entry(1L, Phase.RUNNING));

        assertThat(instance)
                .isEqualTo(new Instance(
                        "instance-1", Status.ACTIVE, 8080, 1L, 5_000, 2, 7, 3.5, new Sending(5, 6, 2.5), false));
    }

    @Test
    void anInstanceWithoutALiveSessionIsSilent() {
        assertThat(only(cluster(), entry(1L, Phase.RUNNING)).status()).isEqualTo(Status.SILENT);
    }

    @Test
    void anInstanceThatWasKilledKeepsItsSessionUntilItExpiresAndCanBeStarted() {
        Instance instance = only(cluster(session(1, "instance-1")), entry(1L, Phase.ENDED));

        assertThat(instance.status()).isEqualTo(Status.ENDED);
        assertThat(instance.startable()).isTrue();
        assertThat(instance.session()).isEqualTo(1);
        assertThat(instance.owned()).isEqualTo(2);
        assertThat(instance.emails().held()).isEqualTo(5);
    }

    @Test
    void anInstanceThatStartsAgainShowsItsFormerSessionUntilItHasRegisteredTheNewOne() {
        Instance instance =
                only(cluster(session(1, "instance-1"), session(3, "instance-1")), entry(1L, Phase.STARTING));

        assertThat(instance.status()).isEqualTo(Status.STARTING);
        assertThat(instance.session()).isEqualTo(1);
    }

    @Test
    void aSessionThatBelongsToNoInstanceIsListedAfterTheInstances() {
        List<Instance> instances = states(cluster(session(1, "another"), session(3, "instance-1")))
                .join(List.of(entry(3L, Phase.RUNNING)));

        assertThat(instances).extracting(Instance::name).containsExactly("instance-1", "another");
        assertThat(instances.get(1).port()).isNull();
        assertThat(instances.get(1).owned()).isEqualTo(2);
        assertThat(instances.get(1).emails()).isEqualTo(new Sending(5, 0, 0));
    }

    private static Instance only(ClusterView cluster, Entry entry) {
        List<Instance> instances = states(cluster).join(List.of(entry));
        assertThat(instances).hasSize(1);
        return instances.get(0);
    }

    private static InstanceStates states(ClusterView cluster) {
        return new InstanceStates(cluster, "orders", PROGRESS, MAILING);
    }

    private static Entry entry(@Nullable Long session, Phase phase) {
        return new Entry("instance-1", 8080, session, phase);
    }

    private static SessionView session(long id, String client) {
        return new SessionView(client, id, false, 1, Instant.EPOCH, Duration.ofSeconds(5), false);
    }

    /** Session 1, if it is live, owns partitions 0 and 1. */
    private static ClusterView cluster(SessionView... sessions) {
        List<PartitionView> partitions = Stream.of(0, 1)
                .map(partition -> sessions.length == 0
                        ? new PartitionView(partition, null, null, null, 1, Instant.EPOCH)
                        : new PartitionView(partition, sessions[0].client(), 1L, null, 1, Instant.EPOCH))
                .toList();
        LeaseView lease = new LeaseView("orders", LeaseKind.PARTITIONS, List.of(), partitions, true);
        return new ClusterView(List.of(sessions), new TreeMap<>(Map.of("orders", lease)));
    }
}
