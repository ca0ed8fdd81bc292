package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.WorkChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The machine and the network of one simulated process. */
final class SimEnvironment implements Environment, Clock {

    private static final Duration ORDINARY = Duration.ofMillis(8);

    private final SimWorld world;
    private final Duration attemptTimeout;
    private final SimLoop<HeartbeatChannel> heartbeatLoop;
    private final SimLoop<WorkChannel> workLoop;
    private final Queue<Runnable> heldUp = new ArrayDeque<>();
    private int forgotten;
    private boolean crashed;
    private boolean shutDown;
    private boolean paused;
    private Thread workThread = new Thread("simulated-work");
    private Duration slowness = ORDINARY;
    private Supplier<Duration> requestDelay = this::delay;
    private Supplier<Duration> replyDelay = this::delay;
    private final SimClock monotonic;
    private final SimClock wall;
    private Duration wallError = Duration.ZERO;
    private double errors;
    private boolean threads = true;
    private Interruptions interruptions = new Interruptions(new Random(), 0);
    private boolean touched = true;
    private int timers;
    private long pausedAtNanos;

    SimEnvironment(SimWorld world, SimStorage storage, Timing timing) {
        this.world = world;
        this.attemptTimeout = timing.attemptTimeout();
        this.monotonic = new SimClock(world);
        this.wall = new SimClock(world);
        this.heartbeatLoop = new SimLoop<>(this, storage, attemptTimeout, () -> storage.heartbeatChannel(this, timing));
        this.workLoop = new SimLoop<>(this, storage, attemptTimeout, () -> storage.workChannel(this, timing));
    }

    /** Creates an environment with channels that a test makes up. */
    SimEnvironment(SimWorld world, SimStorage storage, HeartbeatChannel heartbeats, WorkChannel work) {
        this.world = world;
        this.attemptTimeout = Timing.DEFAULT.attemptTimeout();
        this.monotonic = new SimClock(world);
        this.wall = new SimClock(world);
        this.heartbeatLoop = new SimLoop<>(this, storage, attemptTimeout, () -> heartbeats);
        this.workLoop = new SimLoop<>(this, storage, attemptTimeout, () -> work);
    }

    /** Returns whether something was done in the process, or to its clocks, since the last call. */
    boolean wasTouched() {
        boolean was = touched;
        touched = false;
        return was;
    }

    /** Changes the rates of this machine's clocks relative to the time of the world. */
    void runClocks(double monotonicRate, double wallRate) {
        touched = true;
        monotonic.run(monotonicRate);
        wall.run(wallRate);
    }

    /**
     * From now on, operations that need memory or a thread sometimes fail, so that the engine is interrupted anywhere.
     */
    void errors(double probability, double interruption) {
        errors = probability;
        interruptions = new Interruptions(world.random(), interruption);
    }

    /** From now on, methods of the engine are interrupted if {@link Interruptions} are installed. */
    void interrupt(Interruptions next) {
        interruptions = next;
    }

    /** Sets whether threads for listeners are available. */
    void threads(boolean next) {
        threads = next;
    }

    /** From now on, no operation fails for lack of resources. */
    void noErrors() {
        errors = 0;
        interruptions.end();
    }

    /** Sometimes throws an error, as if there were no memory or thread for what follows. */
    void mayFail() {
        if (errors > 0 && world.chance(errors)) {
            throw new SimulatedError();
        }
    }

    /** Rethrows a failure, unless this environment has thrown it. */
    void requireSimulated(Throwable failure) {
        if (!isSimulated(failure)) {
            throw new IllegalStateException("The engine has thrown an unexpected exception", failure);
        }
    }

    static boolean isSimulated(@Nullable Throwable failure) {
        return failure != null
                && (failure instanceof SimulatedError
                        || isSimulated(failure.getCause())
                        || Arrays.stream(failure.getSuppressed()).anyMatch(SimEnvironment::isSimulated));
    }

    /** Thrown by a machine that is out of memory or threads. */
    static final class SimulatedError extends VirtualMachineError {

        private static final long serialVersionUID = 1L;

        SimulatedError() {
            super("out of everything");
        }
    }

    /** Returns how many requests and timers of the engine are pending. */
    int pending() {
        return timers + heartbeatLoop.waiting() + workLoop.waiting();
    }

    /** Runs an action of the process after a time on its monotonic clock. */
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

    /** Pauses the process. Events in the meantime are delivered when it continues. */
    void pause() {
        paused = true;
        touched = true;
        pausedAtNanos = monotonic.nanos();
    }

    /**
     * Resumes the process. If its whole machine stood still, so did the monotonic clock. Application threads may read
     * what the process trusts before the engine has run.
     */
    void resume(boolean stoodStill) {
        if (!paused) {
            return;
        }
        paused = false;
        touched = true;
        if (stoodStill) {
            monotonic.step(Duration.ofNanos(pausedAtNanos - monotonic.nanos()));
        }
        while (!heldUp.isEmpty()) {
            Runnable next = heldUp.remove();
            world.after(Duration.ZERO, () -> run(next));
        }
    }

    /** Drops all timers of the engine, as if it had died unnoticed. */
    void forgetTimers() {
        forgotten++;
    }

    /** Sets the wall clock. */
    void setWallClock(Duration ahead) {
        touched = true;
        wallError = ahead;
    }

    /** Returns how many requests the heartbeat loop has sent. */
    int heartbeats() {
        return heartbeatLoop.sent();
    }

    /** Returns how many requests the work loop has sent. */
    int otherRequests() {
        return workLoop.sent();
    }

    /** Cuts the process off from the database, or reconnects it. */
    void cut(boolean next) {
        cutHeartbeats(next);
        cutWork(next);
    }

    /** Cuts off only the connection for heartbeats. */
    void cutHeartbeats(boolean next) {
        heartbeatLoop.cut(next);
    }

    /** Cuts off only the connection for other work. */
    void cutWork(boolean next) {
        workLoop.cut(next);
    }

    void slowness(Duration next) {
        slowness = next;
    }

    /** From now on, every request and every reply takes exactly the given time. */
    void latency(Duration request, Duration reply) {
        requestDelay = () -> request;
        replyDelay = () -> reply;
    }

    /** Runs an action in the process: at once, when a pause ends, or never. */
    void run(Runnable action) {
        if (paused) {
            heldUp.add(action);
        } else if (!crashed) {
            touched = true;
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
        return world.start().toEpochMilli() + Math.floorDiv(wall.nanos() + wallError.toNanos(), 1_000_000L);
    }

    @Override
    public Object monitor() {
        return this;
    }

    /** A thread that is never started, but can be interrupted. */
    @Override
    public Thread workThread() {
        workThread = new Thread("simulated-work");
        return workThread;
    }

    /** Returns the thread that took the last hold. */
    Thread lastWorkThread() {
        return workThread;
    }

    @Override
    public RequestLoop<HeartbeatChannel> heartbeatLoop() {
        return heartbeatLoop;
    }

    @Override
    public RequestLoop<WorkChannel> workLoop() {
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

    /** Draws its own random numbers, so that a schedule is the same with an observer and without one. */
    @Override
    public Executor observers() {
        return action -> {
            Random random = world.observers();
            if (errors > 0 && random.nextDouble() < errors) {
                throw new SimulatedError();
            }
            world.after(Duration.ofMillis(random.nextInt(50)), () -> run(action));
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
    public void start(LongSupplier currentSession, Runnable hinted) {
        mayFail();
        shutDown = false;
        heartbeatLoop.start();
        workLoop.start();
    }

    /** A timer may be waiting for the engine just then, and run after the next start. */
    @Override
    public void shutdown(CompletableFuture<Void> closed) {
        shutDown = true;
        heartbeatLoop.stop();
        workLoop.stop();
        if (world.chance(0.5)) {
            forgetTimers();
        }
        closed.complete(null);
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
