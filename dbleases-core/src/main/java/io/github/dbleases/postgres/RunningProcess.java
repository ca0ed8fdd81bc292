package io.github.dbleases.postgres;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What a session row says for people about the process that opened it. */
record RunningProcess(
        @Nullable String host, long pid, @Nullable String version) {

    /** May ask a name server. */
    static RunningProcess current() {
        return new RunningProcess(
                hostName(),
                ProcessHandle.current().pid(),
                RunningProcess.class.getPackage().getImplementationVersion());
    }

    private static @Nullable String hostName() {
        String named = System.getenv("HOSTNAME");
        if (named != null && !named.isBlank()) {
            return named;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
