package io.github.dbleases.sample.launcher;

import java.io.PrintStream;

/** The common output of all processes. Every line names its process. */
final class Terminal {

    private final PrintStream out;

    Terminal(PrintStream out) {
        this.out = out;
    }

    /** Prints one line; lines of several threads do not mix. */
    void print(String process, String line) {
        out.println("[" + process + "] " + line);
    }
}
