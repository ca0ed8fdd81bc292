package io.github.dbleases.spring;

import org.springframework.context.SmartLifecycle;

/** Does something when its phase stops. */
public class Probe implements SmartLifecycle {

    private final int phase;
    private final Runnable onStop;
    private boolean running;

    public Probe(int phase, Runnable onStop) {
        this.phase = phase;
        this.onStop = onStop;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        onStop.run();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return phase;
    }
}
