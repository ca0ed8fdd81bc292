package io.github.dbleases.internal.client;

import io.github.dbleases.ClusterView;
import io.github.dbleases.HistoryEvent;
import io.github.dbleases.HistoryQuery;
import io.github.dbleases.HistoryUnavailableException;
import io.github.dbleases.LeaseAdministration;
import io.github.dbleases.OperationRefusedException;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.internal.client.JobQueue.Job;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.WorkChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Requests to the store for which a caller waits: to read the cluster or the history, and those of an administrator. Each is
 * made once. If it fails, the future fails, and the caller can ask again.
 *
 * <p>Any thread may use it. Its methods take the monitor themselves and never wait for the store.
 */
final class CallerRequests {

    private final String clientId;
    private final Engine engine;
    private final JobQueue jobs;
    private final SessionKeeper keeper;

    CallerRequests(String clientId, Engine engine, JobQueue jobs, SessionKeeper keeper) {
        this.clientId = clientId;
        this.engine = engine;
        this.jobs = jobs;
        this.keeper = keeper;
    }

    /** Reads the cluster, or a part of it. A client that is not started does not read, and its view is empty. */
    CompletableFuture<ClusterView> cluster(Function<WorkChannel, ClusterSnapshot> read) {
        CompletableFuture<ClusterView> view = new CompletableFuture<>();
        engine.exclusively(() -> {
            if (!engine.isStarted()) {
                view.complete(ClusterViews.EMPTY);
                return;
            }
            jobs.submit(Job.of(
                            "read the cluster",
                            () -> !view.isDone(),
                            read,
                            cluster -> view.complete(ClusterViews.of(cluster, keeper.session())))
                    .giveUpIf(view::completeExceptionally));
        });
        return view;
    }

    /**
     * Reads the history. The future fails with a {@link HistoryUnavailableException} if the store keeps none, and with a
     * {@link StoreUnavailableException} if the client is not started.
     */
    CompletableFuture<List<HistoryEvent>> history(HistoryQuery query) {
        CompletableFuture<List<HistoryEvent>> events = new CompletableFuture<>();
        engine.exclusively(() -> {
            if (!engine.isStarted()) {
                events.completeExceptionally(notStarted());
                return;
            }
            jobs.submit(Job.<Optional<List<HistoryEvent>>>of(
                            "read the history",
                            () -> !events.isDone(),
                            channel -> channel.keepsHistory() ? Optional.of(channel.history(query)) : Optional.empty(),
                            read -> read.ifPresentOrElse(
                                    events::complete, () -> events.completeExceptionally(withoutHistory())))
                    .giveUpIf(events::completeExceptionally));
        });
        return events;
    }

    private static HistoryUnavailableException withoutHistory() {
        return new HistoryUnavailableException(
                "There is no history: the store keeps none, or it is switched off.",
                "Keep the leases in PostgreSQL, and set the retention of the history to more than zero.");
    }

    /** Makes a request of {@link LeaseAdministration}, which gets the id of the session that asks, or 0. */
    <T> CompletableFuture<T> administrate(String what, BiFunction<WorkChannel, Long, T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        engine.exclusively(() -> {
            if (!engine.isStarted()) {
                answer.completeExceptionally(notStarted());
                return;
            }
            jobs.submit(Job.<Optional<T>>of(
                            what,
                            () -> {
                                Session session = keeper.session();
                                long by = session == null ? 0 : session.id();
                                return answer.isDone()
                                        ? Optional.empty()
                                        : Optional.of(channel -> attempt(channel, by, call, answer));
                            },
                            done -> done.ifPresent(answer::complete))
                    .giveUpIf(answer::completeExceptionally));
        });
        return answer;
    }

    /** A refusal is an answer, and no failure of the store. */
    private static <T> Optional<T> attempt(
            WorkChannel channel, long by, BiFunction<WorkChannel, Long, T> call, CompletableFuture<T> answer) {
        try {
            return Optional.of(call.apply(channel, by));
        } catch (OperationRefusedException refused) {
            answer.completeExceptionally(refused);
            return Optional.empty();
        }
    }

    private StoreUnavailableException notStarted() {
        return new StoreUnavailableException(
                "Client '%s' is not started, so it does not use its store.".formatted(clientId));
    }
}
