package io.github.dbleases.keyvalue.gcs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The faults that are still to occur, and the number of received requests. */
final class Faults {

    /** The kinds of request. */
    enum Method {
        GET,
        POST,
        DELETE
    }

    private final Map<Method, Deque<Fault>> coming = new EnumMap<>(Method.class);
    private final Map<Method, Fault> always = new EnumMap<>(Method.class);
    private final AtomicInteger requests = new AtomicInteger();
    private int lossInterval = Integer.MAX_VALUE;
    private int writes;
    private volatile Runnable interlude = () -> {};

    /** Assigns these faults to the next requests of a kind, one each. */
    synchronized void next(Method method, Fault... faults) {
        Deque<Fault> queue = coming.computeIfAbsent(method, unused -> new ArrayDeque<>());
        for (Fault fault : faults) {
            queue.add(fault);
        }
    }

    /** Assigns a fault to every request of a kind from now on. */
    synchronized void always(Method method, Fault fault) {
        always.put(method, fault);
    }

    /** Leaves every n-th write unanswered after it has taken effect. */
    synchronized void loseReplies(int every) {
        lossInterval = every;
    }

    /** Sets what happens at a {@link Fault#INTERLUDE}. */
    void interlude(Runnable action) {
        interlude = action;
    }

    /** Returns the fault for the request that has just arrived. */
    Fault meet(String method) {
        Fault fault = take(method);
        if (fault == Fault.INTERLUDE) {
            interlude.run();
        }
        return fault;
    }

    private synchronized Fault take(String method) {
        requests.incrementAndGet();
        Method kind = Method.valueOf(method.toUpperCase(Locale.ROOT));
        if (kind != Method.GET && ++writes % lossInterval == 0) {
            return Fault.REPLY_LOST;
        }
        Deque<Fault> queue = coming.get(kind);
        return queue == null || queue.isEmpty() ? always.getOrDefault(kind, Fault.NONE) : queue.remove();
    }

    /** Returns the number of received requests. */
    int requests() {
        return requests.get();
    }

    /** Returns the number of requests since the last call of this method. */
    int countRequests() {
        return requests.getAndSet(0);
    }
}
