package io.github.dbleases.spring.leader;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Interrupts the calls that run under a leadership when it is lost. */
final class Interruptions {

    private final Set<Running> calls = ConcurrentHashMap.newKeySet();

    /** Registers a call of this thread. */
    Running begin(long token, Candidacy candidacy) {
        Running call = new Running(token, candidacy);
        calls.add(call);
        return call;
    }

    /** Interrupts the calls whose leadership is lost. */
    void interruptLost() {
        calls.forEach(Running::interruptIfLost);
    }

    /** A call that runs. It is interrupted before it has ended or not at all. */
    final class Running implements AutoCloseable {

        private final Thread thread = Thread.currentThread();
        private final long token;
        private final Candidacy candidacy;
        private boolean ended;
        private boolean interrupted;

        private Running(long token, Candidacy candidacy) {
            this.token = token;
            this.candidacy = candidacy;
        }

        /** Returns whether the leadership was lost before this call was registered. */
        boolean isLost() {
            return candidacy.isLost(token);
        }

        /** The report of a loss can come late, when this instance leads again and this call belongs to the new term. */
        private synchronized void interruptIfLost() {
            if (!ended && !interrupted && isLost() && !thread.isInterrupted()) {
                interrupted = true;
                thread.interrupt();
            }
        }

        /** Takes the interrupt back if the call has not noticed it, but not the interrupt of another thread. */
        @Override
        public void close() {
            calls.remove(this);
            synchronized (this) {
                ended = true;
                if (interrupted) {
                    Thread.interrupted();
                }
            }
        }
    }
}
