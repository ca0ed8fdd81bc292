package io.github.dbleases.internal.client;

import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.Timing;
import io.github.dbleases.keyvalue.DrivenStore;
import io.github.dbleases.keyvalue.KeyValueBackend;
import io.github.dbleases.spi.ClusterSnapshot;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Key-value storage that each process accesses with one call at a time, over a network that delays and loses requests
 * and replies. The calls of different processes can interleave in every possible way.
 */
final class SimKeyValue implements SimStorage {

    private final SimWorld world;
    private final KeyValueBackend storage;
    private final Map<SimEnvironment, LeaseStore> stores = new IdentityHashMap<>();
    private final Map<SimEnvironment, Integer> writesUntilCrash = new IdentityHashMap<>();
    private final List<SimCall<?>> calls = new ArrayList<>();
    private Duration slowness = Duration.ZERO;
    private boolean away;

    SimKeyValue(SimWorld world, KeyValueBackend storage) {
        this.world = world;
        this.storage = storage;
    }

    @Override
    public HeartbeatChannel heartbeatChannel(SimEnvironment process, Timing timing) {
        return store(process).heartbeatChannel(timing);
    }

    @Override
    public WorkChannel workChannel(SimEnvironment process, Timing timing) {
        return new SimWorkChannel(
                store(process).workChannel(timing),
                lease -> false,
                change -> false,
                world.deadSessions(),
                new AtomicInteger());
    }

    private LeaseStore store(SimEnvironment process) {
        return stores.computeIfAbsent(process, first -> DrivenStore.on(new Remote(), new Machine(process)));
    }

    @Override
    public <T> Runnable call(SimLoop<?> loop, Supplier<T> call, Outcome<T> outcome) {
        SimCall<T> started = new SimCall<>(loop, call, outcome);
        started.start();
        calls.removeIf(SimCall::isOver);
        if (!started.isOver()) {
            calls.add(started);
        }
        return started::giveUp;
    }

    @Override
    public ClusterSnapshot clusterSnapshot() {
        return DrivenStore.on(storage, new Machine(null))
                .workChannel(Timing.DEFAULT)
                .clusterSnapshot();
    }

    @Override
    public void setAway(boolean next) {
        away = next;
    }

    /** Crashes a process in the middle of its work, or makes the storage slow for all. */
    @Override
    public void mishap(Mishap mishap, SimProcess victim) {
        if (mishap == Mishap.GRAVE) {
            Duration time = world.shortTime(Duration.ofSeconds(30));
            world.tell("the storage is slow for " + time);
            slowness = world.conditions().fastest().attemptTimeout();
            world.after(time, () -> slowness = Duration.ZERO);
        } else {
            world.tell(victim.name() + " is closed and will crash right after one of its writes");
            victim.close();
            writesUntilCrash.put(victim.environment(), 1 + world.random().nextInt(3));
        }
    }

    @Override
    public boolean isCalm() {
        // A call makes many requests, and each may be slow, so there is no limit as there is for a database.
        return false;
    }

    @Override
    public void heal() {
        // The storage has no clock.
    }

    @Override
    public Duration unsafeForNewcomers() {
        return Duration.ZERO;
    }

    @Override
    public void close() {
        calls.forEach(SimCall::forget);
    }

    /** Sends a request over the network. */
    private <R> R ask(Supplier<R> question) {
        SimCall<?> call = SimCall.current();
        SimLoop<?> loop = call.loop();
        return call.ask(reply -> {
            if (!loop.isCut() && !world.misfortune(0.003)) {
                Duration delay = loop.environment().requestDelay().plus(world.shortTime(slowness));
                world.after(delay, () -> answer(loop, question, reply));
            }
        });
    }

    private <R> void answer(SimLoop<?> loop, Supplier<R> question, Consumer<Supplier<R>> reply) {
        Supplier<R> answer;
        try {
            if (away) {
                throw new StoreUnavailableException("The simulated storage is unavailable");
            }
            R result = question.get();
            answer = () -> result;
        } catch (RuntimeException failure) {
            answer = () -> {
                throw failure;
            };
        }
        Supplier<R> sent = answer;
        SimEnvironment process = loop.environment();
        if (!loop.isCut() && !world.misfortune(0.003)) {
            world.after(process.replyDelay(), () -> process.run(() -> reply.accept(sent)));
        }
    }

    private <R> R write(Supplier<R> question) {
        SimEnvironment process = SimCall.current().loop().environment();
        return ask(() -> {
            R result = question.get();
            Integer left = writesUntilCrash.computeIfPresent(process, (of, before) -> before - 1);
            if (left != null && left == 0) {
                process.crash();
            }
            return result;
        });
    }

    /** The storage as a process sees it. */
    private final class Remote implements KeyValueBackend {

        @Override
        public Optional<Document> get(String key) {
            return ask(() -> storage.get(key));
        }

        @Override
        public Optional<String> put(String key, String content, @Nullable String ifVersion) {
            return write(() -> storage.put(key, content, ifVersion));
        }

        @Override
        public boolean delete(String key, String ifVersion) {
            return write(() -> storage.delete(key, ifVersion));
        }

        @Override
        public Map<String, String> list(String prefix) {
            return ask(() -> storage.list(prefix));
        }
    }

    /** The machine of a process, or of no process. */
    private final class Machine implements DrivenStore.Machine {

        private final @Nullable SimEnvironment process;

        private Machine(@Nullable SimEnvironment process) {
            this.process = process;
        }

        @Override
        public long nanoTime() {
            return process == null ? world.nanos() : process.nanoTime();
        }

        @Override
        public Instant wallTime() {
            return process == null ? world.instant() : Instant.ofEpochMilli(process.wallMillis());
        }

        @Override
        public double random() {
            return world.random().nextDouble();
        }

        @Override
        public void pause(Duration time) {
            SimCall<?> call = SimCall.current();
            SimEnvironment pausing = call.loop().environment();
            call.ask((Consumer<Supplier<Object>> reply) ->
                    world.after(time, () -> pausing.run(() -> reply.accept(() -> time))));
        }
    }
}
