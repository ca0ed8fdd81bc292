package io.github.dbleases.keyvalue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several copies of the library in one process, such as those of several web applications in one server. */
class DirectoryLockTests {

    @TempDir
    private Path directory;

    private final CountDownLatch locked = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);

    @AfterEach
    void goOn() {
        goesOn.countDown();
    }

    /** On many systems, a file lock ends when any thread of the process closes the file. */
    @Test
    void anInterruptedWaitDoesNotReleaseTheLockOfAnotherClassLoader() throws Exception {
        Thread holder = hold(() -> {
            locked.countDown();
            awaitUninterruptibly(goesOn);
        });
        locked.await();
        Thread waiting = hold(() -> {});
        await().until(() -> waiting.getState() != Thread.State.RUNNABLE);
        waiting.interrupt();
        await().until(() -> !waiting.isAlive() || waiting.getState() == Thread.State.BLOCKED);

        assertThat(anotherProcessLocks()).isFalse();

        goesOn.countDown();
        holder.join();
        waiting.join();
        assertThat(anotherProcessLocks()).isTrue();
    }

    /** Runs an action under the lock, in a thread that uses its own copy of the library. */
    private Thread hold(Runnable action) throws Exception {
        URL classes = DirectoryLock.class.getProtectionDomain().getCodeSource().getLocation();
        ClassLoader copy = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
        Class<?> type = copy.loadClass(DirectoryLock.class.getName());
        Class<?> actionType = copy.loadClass(DirectoryLock.Action.class.getName());
        Constructor<?> constructor = type.getDeclaredConstructor(Path.class);
        Method holding = type.getDeclaredMethod("holding", actionType);
        constructor.setAccessible(true);
        holding.setAccessible(true);
        Object lock = constructor.newInstance(directory);
        Object performed = Proxy.newProxyInstance(copy, new Class<?>[] {actionType}, (proxy, method, arguments) -> {
            action.run();
            return null;
        });
        Thread thread = new Thread(() -> {
            try {
                holding.invoke(lock, performed);
            } catch (ReflectiveOperationException interrupted) {
                assertThat(interrupted.getCause()).isInstanceOf(java.io.IOException.class);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private boolean anotherProcessLocks() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Another.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            return Boolean.parseBoolean(new String(out.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The main class of a process that prints whether it gets the lock. */
    static final class Another {

        private Another() {}

        public static void main(String[] arguments) throws Exception {
            try (var files = Files.list(Path.of(arguments[0]));
                    FileChannel channel = FileChannel.open(files.findFirst().orElseThrow(), StandardOpenOption.WRITE)) {
                System.out.println(channel.tryLock() != null);
            }
        }
    }
}
