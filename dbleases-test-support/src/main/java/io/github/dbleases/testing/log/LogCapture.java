package io.github.dbleases.testing.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Captures what one test logs, and nothing of what any other test logs.
 *
 * <p>A logger belongs to the whole JVM. A thread of an earlier test that is still about to end writes to the same logger,
 * and neither the name of a thread nor the name of a client or runner tells it from one of this test. So a capture hears
 * the thread that opened it, and all threads that were created, directly or by one another, since then: each of them
 * inherits the capture. A thread that is older than the capture is never heard. That includes those of pools that are
 * shared by the JVM.
 *
 * <p>While a capture is open, its logger writes at level INFO, to the capture alone.
 */
public final class LogCapture implements AutoCloseable {

    private static final InheritableThreadLocal<@Nullable LogCapture> OF_THREAD = new InheritableThreadLocal<>();

    private final Logger logger;
    private final @Nullable Level level;
    private final boolean additive;
    private final @Nullable LogCapture outer = OF_THREAD.get();
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Appender appender = new Appender();

    private LogCapture(Logger logger) {
        this.logger = logger;
        this.level = logger.getLevel();
        this.additive = logger.isAdditive();
    }

    /** Captures what this test logs with the logger of a class, at level INFO and above. */
    public static LogCapture of(Class<?> logger) {
        return of(logger.getName());
    }

    /** Captures what this test logs with a logger and those below it, at level INFO and above. */
    public static LogCapture of(String logger) {
        LogCapture capture = new LogCapture((Logger) LoggerFactory.getLogger(logger));
        capture.open();
        return capture;
    }

    private void open() {
        OF_THREAD.set(this);
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    /** Returns what was logged so far, each as its level and its message. */
    public List<String> lines() {
        return lines(Level.INFO);
    }

    /** Returns what was logged so far as warnings and errors, each as its level and its message. */
    public List<String> warnings() {
        return lines(Level.WARN);
    }

    private List<String> lines(Level atLeast) {
        Predicate<ILoggingEvent> loud = event -> event.getLevel().isGreaterOrEqual(atLeast);
        return events.stream()
                .filter(loud)
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** Forgets what was logged so far. */
    public void clear() {
        events.clear();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        appender.stop();
        logger.setLevel(level);
        logger.setAdditive(additive);
        if (outer == null) {
            OF_THREAD.remove();
        } else {
            OF_THREAD.set(outer);
        }
    }

    /** Is called by the thread that logs. */
    private final class Appender extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            for (LogCapture capture = OF_THREAD.get(); capture != null; capture = capture.outer) {
                if (capture == LogCapture.this) {
                    events.add(event);
                }
            }
        }
    }
}
