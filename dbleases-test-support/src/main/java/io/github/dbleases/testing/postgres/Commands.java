package io.github.dbleases.testing.postgres;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the programs of PostgreSQL, which refuse to run as root. */
final class Commands {

    private static final boolean ROOT = isRoot();

    /** A user without rights that exists on every Linux machine. */
    private static final String UNPRIVILEGED_USER = "nobody";

    private Commands() {}

    private static boolean isRoot() {
        Path self = Path.of("/proc/self");
        try {
            return Files.exists(self) && Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a directory to the user that runs the programs. */
    static void handOver(Path directory) {
        if (ROOT) {
            runAsIs(List.of("chown", "-R", UNPRIVILEGED_USER, directory.toString()));
        }
    }

    /** Runs a program until it ends, as another user if this one is root. */
    static void run(List<String> command) {
        List<String> whole = new ArrayList<>();
        if (ROOT) {
            whole.addAll(List.of("setpriv", "--reuid=" + UNPRIVILEGED_USER, "--regid=nogroup", "--clear-groups"));
        }
        whole.addAll(command);
        runAsIs(whole);
    }

    private static void runAsIs(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            // Servers must not inherit a locale that initdb does not know, or settings of libpq.
            builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.directory(new File("/"));
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException("%s ended with %d: %s".formatted(command, status, output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted in " + command, e);
        }
    }
}
