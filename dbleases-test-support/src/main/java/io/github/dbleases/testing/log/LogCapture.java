package io.github.dbleases.testing.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.SubstituteLogger;

/**
 * Captures the log messages of one test, and of no other test.
 *
 * <p>A logger belongs to the whole JVM. A thread of an earlier test that has not ended yet writes to the same logger,
 * and neither the name of the thread nor that of a client or runner distinguishes it from a thread of this test. So a
 * capture receives the messages of the thread that opened it, and of all threads that this thread and its descendants
 * create from then on, because threads inherit the capture. Messages of older threads are ignored. That includes the
 * threads of pools that the whole JVM shares.
 *
 * <p>While a capture is open, its logger writes at level INFO, and only to captures. Tests that run at the same time may
 * capture the same logger, or a logger and one of its children.
 */
public final class LogCapture implements AutoCloseable {

    private static final InheritableThreadLocal<@Nullable LogCapture> OF_THREAD = new InheritableThreadLocal<>();

    /** The loggers that captures are open for, as they were before. */
    private static final Map<Logger, Captured> CAPTURED = new HashMap<>();

    private final Captured captured;
    private final @Nullable LogCapture outer = OF_THREAD.get();
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private volatile boolean open = true;

    private LogCapture(Captured captured) {
        this.captured = captured;
    }

    /** Captures the messages of the logger of a class, at level INFO and above. */
    public static LogCapture of(Class<?> logger) {
        return of(logger.getName());
    }

    /** Captures the messages of a logger and its children, at level INFO and above. */
    public static LogCapture of(String logger) {
        LogCapture capture = new LogCapture(Captured.start(find(logger)));
        OF_THREAD.set(capture);
        return capture;
    }

    /** While another test initializes SLF4J, which takes a moment, there are only substitutes for loggers. */
    private static Logger find(String name) {
        org.slf4j.Logger found = LoggerFactory.getLogger(name);
        while (found instanceof SubstituteLogger) {
            Thread.onSpinWait();
            found = LoggerFactory.getLogger(name);
        }
        return (Logger) found;
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
        open = false;
        captured.end();
        if (outer == null) {
            OF_THREAD.remove();
        } else {
            OF_THREAD.set(outer);
        }
    }

    private boolean covers(ILoggingEvent event) {
        return open && (event.getLoggerName() + ".").startsWith(captured.logger.getName() + ".");
    }

    /** A logger for which captures are open, and the appender that passes its messages to those of the thread. */
    private static final class Captured extends AppenderBase<ILoggingEvent> {

        private final Logger logger;
        private final @Nullable Level level;
        private final boolean additive;
        private int captures;

        private Captured(Logger logger) {
            this.logger = logger;
            this.level = logger.getLevel();
            this.additive = logger.isAdditive();
        }

        /** Starts another capture of a logger. */
        private static Captured start(Logger logger) {
            synchronized (CAPTURED) {
                Captured captured = CAPTURED.computeIfAbsent(logger, Captured::new);
                if (captured.captures++ == 0) {
                    captured.attach();
                }
                return captured;
            }
        }

        /** Ends one of the captures. */
        private void end() {
            synchronized (CAPTURED) {
                if (--captures == 0) {
                    CAPTURED.remove(logger);
                    detach();
                }
            }
        }

        private void attach() {
            setContext(logger.getLoggerContext());
            start();
            logger.setLevel(Level.INFO);
            logger.setAdditive(false);
            logger.addAppender(this);
        }

        private void detach() {
            logger.detachAppender(this);
            stop();
            logger.setLevel(level);
            logger.setAdditive(additive);
        }

        /** Called by the thread that logs. */
        @Override
        protected void append(ILoggingEvent event) {
            for (LogCapture capture = OF_THREAD.get(); capture != null; capture = capture.outer) {
                if (capture.covers(event)) {
                    capture.events.add(event);
                }
            }
        }
    }
}
