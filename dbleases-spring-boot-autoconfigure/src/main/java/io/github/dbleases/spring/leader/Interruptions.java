package io.github.dbleases.spring.leader;

import io.github.dbleases.LeadershipListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Interrupts the calls that run under a leadership when it is lost. */
final class Interruptions implements LeadershipListener {

    private final Set<Running> calls = ConcurrentHashMap.newKeySet();

    /** Takes note of a call of this thread. */
    Running begin(long token, Candidacy candidacy) {
        Running call = new Running(token, candidacy);
        calls.add(call);
        return call;
    }

    @Override
    public void onOusted() {
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

        /** Returns whether the leadership was lost before this call was known to those who would interrupt it. */
        boolean isLost() {
            return candidacy.isLost(token);
        }

        /** What tells of the loss may come late, when this instance leads again and this call is one of the new time. */
        private synchronized void interruptIfLost() {
            if (!ended && !interrupted && isLost() && !thread.isInterrupted()) {
                interrupted = true;
                thread.interrupt();
            }
        }

        /** Takes the interrupt back if the call has not noticed it; who else has interrupted the thread is not ours. */
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
