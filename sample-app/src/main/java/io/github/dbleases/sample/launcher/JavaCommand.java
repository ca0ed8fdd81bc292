package io.github.dbleases.sample.launcher;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that runs an application of this class path in another process.
 *
 * @param application its main class
 */
record JavaCommand(Class<?> application) {

    /** For a quick start and a small footprint, because several processes run at once and have little to compute. */
    private static final List<String> OPTIONS =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    /** Returns the command, with the system properties and the heap size of this process. */
    List<String> with(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-D") || option.startsWith("-Xm"))
                .forEach(command::add);
        String classPath = System.getProperty("java.class.path");
        if (isExecutableJar(classPath)) {
            command.addAll(List.of("-jar", classPath));
        } else {
            command.addAll(List.of("-cp", classPath, application.getName()));
        }
        command.addAll(arguments);
        return command;
    }

    /** A class path that is a single jar is the executable jar; others are those of an IDE or a test. */
    private static boolean isExecutableJar(String classPath) {
        return classPath.endsWith(".jar") && !classPath.contains(System.getProperty("path.separator"));
    }
}
