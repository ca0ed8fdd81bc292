package io.github.dbleases.tasks.figures;

import java.util.Locale;

/**
 * The result of measuring one point.
 *
 * @param filled how many tasks there were
 * @param tasks how many tasks were finished
 * @param seconds from the first claim to the last finish or the time limit
 * @param walBytes bytes of WAL, including full-page images
 * @param imageBytes bytes of full-page images
 * @param serverSeconds CPU time of the server's processes
 * @param statementSeconds the execution time of statements that the server reports, including waits
 * @param commits the number of transactions
 * @param clientSeconds CPU time of this JVM
 */
record Measurement(
        Contender contender,
        int sessions,
        long filled,
        long tasks,
        double seconds,
        double walBytes,
        double imageBytes,
        double serverSeconds,
        double statementSeconds,
        double commits,
        double clientSeconds) {

    static final String HEADER = """
            | system | batch | sessions | tasks | s | tasks/s | WAL bytes/task | page image bytes/task | server CPU µs/task \
            | statements µs/task | commits/task | client CPU µs/task | |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|""";

    double perSecond() {
        return tasks / seconds;
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %,d | %.1f | %,.0f | %.0f | %.0f | %.1f | %.1f | %.4f | %.1f | %s |",
                contender.name(),
                contender.batch(),
                sessions,
                tasks,
                seconds,
                perSecond(),
                walBytes / tasks,
                imageBytes / tasks,
                serverSeconds * 1e6 / tasks,
                statementSeconds * 1e6 / tasks,
                commits / tasks,
                clientSeconds * 1e6 / tasks,
                tasks < filled ? "stopped after %.0f s".formatted(seconds) : "");
    }
}
