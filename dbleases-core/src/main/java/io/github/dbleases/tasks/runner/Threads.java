package io.github.dbleases.tasks.runner;

import java.lang.reflect.Method;

/** Makes the threads of runners, all of them daemons. */
final class Threads {

    private Threads() {}

    static Thread platform(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Makes a virtual thread if that is asked for and there are any (from Java 21 on). */
    static Thread worker(boolean virtual, Runnable work, String name) {
        if (virtual) {
            try {
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                Class<?> type = Class.forName("java.lang.Thread$Builder");
                Method named = type.getMethod("name", String.class);
                return (Thread) type.getMethod("unstarted", Runnable.class).invoke(named.invoke(builder, name), work);
            } catch (ReflectiveOperationException before21) {
                return platform(work, name);
            }
        }
        return platform(work, name);
    }
}
