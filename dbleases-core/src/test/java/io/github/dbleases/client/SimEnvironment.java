package io.github.dbleases.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The machine and the network of one simulated process. */
final class SimEnvironment implements Environment, Clock {

    private final SimWorld world;
    private final Duration attemptTimeout;
    private final SimLane heartbeatLane;
    private final SimLane workLane;
    private final Queue<Runnable> heldUp = new ArrayDeque<>();
    private int forgotten;
    private boolean crashed;
    private boolean shutDown;
    private boolean paused;
    private Duration slowness = Duration.ofMillis(8);
    private Supplier<Duration> requestDelay = this::delay;
    private Supplier<Duration> replyDelay = this::delay;
    private long monotonicLag;
    private Duration wallError = Duration.ZERO;

    SimEnvironment(SimWorld world, SimStorage storage, Duration attemptTimeout) {
        this.world = world;
        this.attemptTimeout = attemptTimeout;
        this.heartbeatLane = new SimLane(this, world, storage, attemptTimeout);
        this.workLane = new SimLane(this, world, storage, attemptTimeout);
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

    /** Stops the process; what happens to it meanwhile happens when it goes on. */
    void pause() {
        paused = true;
    }

    /**
     * Lets the process go on. If it was its machine that stood still, the monotonic clock did too. Threads of the
     * application may look at what it trusts before the engine has run at all.
     */
    void resume(Duration stoodStill) {
        paused = false;
        monotonicLag += stoodStill.toNanos();
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

    /** Returns how many requests have been sent on the lane of the heartbeats. */
    int heartbeats() {
        return heartbeatLane.sent();
    }

    /** Returns how many requests have been sent on the lane of other work. */
    int otherRequests() {
        return workLane.sent();
    }

    /** Cuts the process off from the database, or connects it again. */
    void cut(boolean next) {
        cutHeartbeats(next);
        cutWork(next);
    }

    /** Cuts off the connection of the heartbeats alone. */
    void cutHeartbeats(boolean next) {
        heartbeatLane.cut(next);
    }

    /** Cuts off the connection of all other work alone. */
    void cutWork(boolean next) {
        workLane.cut(next);
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
            action.run();
        }
    }

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public long nanoTime() {
        return world.nanos() - monotonicLag;
    }

    @Override
    public long wallMillis() {
        return world.instant().plus(wallError).toEpochMilli();
    }

    @Override
    public Object monitor() {
        return this;
    }

    @Override
    public Lane heartbeatLane() {
        return heartbeatLane;
    }

    @Override
    public Lane workLane() {
        return workLane;
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        int before = forgotten;
        return world.after(
                delay,
                () -> run(() -> {
                    if (!shutDown && forgotten == before) {
                        action.run();
                    }
                }))::cancel;
    }

    @Override
    public Executor listeners() {
        return action -> {
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
