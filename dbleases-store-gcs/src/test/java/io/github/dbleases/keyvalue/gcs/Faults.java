package io.github.dbleases.keyvalue.gcs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The faults that are still to come, and the number of requests that came. */
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

    /** Lets the next requests of a kind meet these faults, one each. */
    synchronized void next(Method method, Fault... faults) {
        Deque<Fault> queue = coming.computeIfAbsent(method, unused -> new ArrayDeque<>());
        for (Fault fault : faults) {
            queue.add(fault);
        }
    }

    /** Lets every request of a kind meet this fault from now on. */
    synchronized void always(Method method, Fault fault) {
        always.put(method, fault);
    }

    /** Lets every so many writes have their effect and stay without an answer. */
    synchronized void loseReplies(int every) {
        lossInterval = every;
    }

    /** Says what happens at a {@link Fault#INTERLUDE}. */
    void interlude(Runnable action) {
        interlude = action;
    }

    /** Returns what the request that has come meets. */
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

    /** Returns the number of requests that have come. */
    int requests() {
        return requests.get();
    }

    /** Returns the number of requests since it was asked for last. */
    int countRequests() {
        return requests.getAndSet(0);
    }
}
