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
 * Captures the log messages of one test, and of no other test.
 *
 * <p>A logger belongs to the whole JVM. A thread of an earlier test that has not ended yet writes to the same logger,
 * and neither the name of the thread nor that of a client or runner distinguishes it from a thread of this test. So a
 * capture receives the messages of the thread that opened it, and of all threads that this thread and its descendants
 * create from then on, because threads inherit the capture. Messages of older threads are ignored. That includes the
 * threads of pools that the whole JVM shares.
 *
 * <p>While a capture is open, its logger writes at level INFO, and only to the capture.
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

    /** Captures the messages of the logger of a class, at level INFO and above. */
    public static LogCapture of(Class<?> logger) {
        return of(logger.getName());
    }

    /** Captures the messages of a logger and its children, at level INFO and above. */
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

    /** Returns the messages so far, each with its level. */
    public List<String> lines() {
        return lines(Level.INFO);
    }

    /** Returns the warnings and errors so far, each with its level. */
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

    /** Forgets the messages so far. */
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

    /** Called by the thread that logs. */
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
