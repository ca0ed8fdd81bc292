package io.github.dbleases.keyvalue;

import io.github.dbleases.spi.LeaseStore;
import java.time.Duration;
import java.time.Instant;

/** Creates stores whose clocks, pauses and random numbers a test controls. Their calls run on the caller's thread. */
public final class DrivenStore {

    private DrivenStore() {}

    public static LeaseStore on(KeyValueBackend backend, Machine machine) {
        return new KeyValueLeaseStore(backend, new DrivenHost(machine));
    }

    /** The parts that a test controls. */
    public interface Machine {

        long nanoTime();

        Instant wallTime();

        void pause(Duration time);

        double random();
    }

    private record DrivenHost(Machine machine) implements Host {

        @Override
        public long nanoTime() {
            return machine.nanoTime();
        }

        @Override
        public Instant wallTime() {
            return machine.wallTime();
        }

        @Override
        public void pause(Duration time) {
            machine.pause(time);
        }

        @Override
        public double random() {
            return machine.random();
        }

        @Override
        public Calls calls() {
            return new CallsOfTheCaller();
        }
    }

    private static final class CallsOfTheCaller implements Host.Calls {

        @Override
        public <T> T run(Duration budget, Host.Call<T> call) {
            return call.perform();
        }

        @Override
        public void end() {}
    }
}
