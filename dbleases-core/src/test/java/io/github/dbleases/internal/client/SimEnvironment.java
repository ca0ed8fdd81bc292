package io.github.dbleases.internal.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The machine and the network of one simulated process. */
final class SimEnvironment implements Environment, Clock {

    private static final Duration ORDINARY = Duration.ofMillis(8);

    private final SimWorld world;
    private final Duration attemptTimeout;
    private final SimLoop heartbeatLoop;
    private final SimLoop workLoop;
    private final Queue<Runnable> heldUp = new ArrayDeque<>();
    private int forgotten;
    private boolean crashed;
    private boolean shutDown;
    private boolean paused;
    private Duration slowness = ORDINARY;
    private Supplier<Duration> requestDelay = this::delay;
    private Supplier<Duration> replyDelay = this::delay;
    private final SimClock monotonic;
    private final SimClock wall;
    private Duration wallError = Duration.ZERO;
    private double errors;
    private boolean threads = true;
    private Interruptions interruptions = new Interruptions(new Random(), 0);
    private int timers;
    private long pausedAtNanos;

    SimEnvironment(SimWorld world, SimStorage storage, Duration attemptTimeout) {
        this.world = world;
        this.attemptTimeout = attemptTimeout;
        this.monotonic = new SimClock(world);
        this.wall = new SimClock(world);
        this.heartbeatLoop = new SimLoop(this, storage, attemptTimeout);
        this.workLoop = new SimLoop(this, storage, attemptTimeout);
    }

    /** From now on the clocks of this machine run so many times as fast as the time of the world. */
    void runClocks(double monotonicRate, double wallRate) {
        monotonic.run(monotonicRate);
        wall.run(wallRate);
    }

    /** From now on what takes a heap or a thread fails now and then, so that the engine is interrupted in its midst. */
    void errors(double probability, double interruption) {
        errors = probability;
        interruptions = new Interruptions(world.random(), interruption);
    }

    /** From now on methods of the engine are interrupted, where {@link Interruptions} are installed. */
    void interrupt(Interruptions next) {
        interruptions = next;
    }

    /** From now on a thread for a listener can be had, or not. */
    void threads(boolean next) {
        threads = next;
    }

    /** From now on there is enough of everything. */
    void noErrors() {
        errors = 0;
        interruptions.end();
    }

    /** Throws an error now and then, where there is neither a heap nor a thread for what follows. */
    void mayFail() {
        if (errors > 0 && world.chance(errors)) {
            throw new SimulatedError();
        }
    }

    /** Throws what has been thrown, unless it is what this environment throws. */
    void requireSimulated(Throwable failure) {
        if (!isSimulated(failure)) {
            throw new IllegalStateException("The engine has thrown what it should not", failure);
        }
    }

    static boolean isSimulated(@Nullable Throwable failure) {
        return failure != null
                && (failure instanceof SimulatedError
                        || isSimulated(failure.getCause())
                        || Arrays.stream(failure.getSuppressed()).anyMatch(SimEnvironment::isSimulated));
    }

    /** What the machine throws that is out of memory or threads. */
    static final class SimulatedError extends VirtualMachineError {

        private static final long serialVersionUID = 1L;

        SimulatedError() {
            super("out of everything");
        }
    }

    /** Returns how many requests and timers of the engine are to come or wait. */
    int pending() {
        return timers + heartbeatLoop.waiting() + workLoop.waiting();
    }

    /** Runs an action of the process after a time by its monotonic clock. */
    Timer later(Duration delay, Runnable action) {
        timers++;
        SimWorld.Event event = world.after(monotonic.worldTime(delay), () -> {
            timers--;
            run(action);
        });
        return () -> {
            if (event.cancel()) {
                timers--;
            }
        };
    }

    void crash() {
        crashed = true;
    }

    boolean isCrashed() {
        return crashed;
    }

    boolean isPaused() {
        return paused;
    }

    /** Returns whether the process runs, reaches the storage quickly, and has the right time. */
    boolean isWell() {
        return !crashed
                && !shutDown
                && !paused
                && !heartbeatLoop.isCut()
                && !workLoop.isCut()
                && slowness.equals(ORDINARY)
                && wallError.isZero();
    }

    /** Returns whether nothing of the process reaches the storage. */
    boolean isCutOff() {
        return crashed || shutDown || heartbeatLoop.isCut() && workLoop.isCut();
    }

    /** Stops the process; what happens to it meanwhile happens when it goes on. */
    void pause() {
        paused = true;
        pausedAtNanos = monotonic.nanos();
    }

    /**
     * Lets the process go on. If it was its machine that stood still, the monotonic clock did too. Threads of the
     * application may look at what it trusts before the engine has run at all.
     */
    void resume(boolean stoodStill) {
        if (!paused) {
            return;
        }
        paused = false;
        if (stoodStill) {
            monotonic.step(Duration.ofNanos(pausedAtNanos - monotonic.nanos()));
        }
        while (!heldUp.isEmpty()) {
            Runnable next = heldUp.remove();
            world.after(Duration.ZERO, () -> run(next));
        }
    }

    /** Forgets all timers of the engine, as if it had died and nobody had noticed. */
    void forgetTimers() {
        forgotten++;
    }

    /** Sets the wall clock. */
    void setWallClock(Duration ahead) {
        wallError = ahead;
    }

    /** Returns how many requests have been sent on the loop of the heartbeats. */
    int heartbeats() {
        return heartbeatLoop.sent();
    }

    /** Returns how many requests have been sent on the loop of other work. */
    int otherRequests() {
        return workLoop.sent();
    }

    /** Cuts the process off from the database, or connects it again. */
    void cut(boolean next) {
        cutHeartbeats(next);
        cutWork(next);
    }

    /** Cuts off the connection of the heartbeats alone. */
    void cutHeartbeats(boolean next) {
        heartbeatLoop.cut(next);
    }

    /** Cuts off the connection of all other work alone. */
    void cutWork(boolean next) {
        workLoop.cut(next);
    }

    void slowness(Duration next) {
        slowness = next;
    }

    /** From now on every request and every reply takes exactly so long. */
    void latency(Duration request, Duration reply) {
        requestDelay = () -> request;
        replyDelay = () -> reply;
    }

    /** Runs something in the process: at once, when it goes on, or never. */
    void run(Runnable action) {
        if (paused) {
            heldUp.add(action);
        } else if (!crashed) {
            try {
                interruptions.during(action);
            } catch (SimulatedError error) {
                // As the threads of the real environment do, or the application.
            }
        }
    }

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public long nanoTime() {
        return monotonic.nanos();
    }

    @Override
    public long wallMillis() {
        return world.start().plusNanos(wall.nanos()).plus(wallError).toEpochMilli();
    }

    @Override
    public Object monitor() {
        return this;
    }

    @Override
    public RequestLoop heartbeatLoop() {
        return heartbeatLoop;
    }

    @Override
    public RequestLoop workLoop() {
        return workLoop;
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        mayFail();
        int before = forgotten;
        return later(delay, () -> {
            if (!shutDown && forgotten == before) {
                action.run();
            }
        });
    }

    @Override
    public Executor listeners() {
        return action -> {
            mayFail();
            if (!threads) {
                throw new SimulatedError();
            }
            Duration limit = world.misfortune(0.02) ? Duration.ofSeconds(10) : Duration.ofMillis(50);
            world.after(world.shortTime(limit), () -> run(action));
        };
    }

    @Override
    public boolean isListening() {
        return false;
    }

    @Override
    public long randomId() {
        return 1 + (world.random().nextLong() >>> 12);
    }

    @Override
    public double random() {
        return world.random().nextDouble();
    }

    @Override
    public void shutdown() {
        shutDown = true;
    }

    boolean isShutDown() {
        return shutDown;
    }

    Duration requestDelay() {
        return requestDelay.get();
    }

    Duration replyDelay() {
        return replyDelay.get();
    }

    private Duration delay() {
        return world.shortTime(world.misfortune(0.02) ? attemptTimeout.multipliedBy(3) : slowness);
    }
}
