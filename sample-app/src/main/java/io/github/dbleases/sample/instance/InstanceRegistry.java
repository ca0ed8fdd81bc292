package io.github.dbleases.sample.instance;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.sample.SampleProperties;
import jakarta.annotation.PreDestroy;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Registers the port and the session of this instance in the database, so that the page of any instance can name the
 * owner of a partition and call it.
 */
@Component
public class InstanceRegistry {

    private static final Logger log = LoggerFactory.getLogger(InstanceRegistry.class);

    private static final String REGISTER = """
            INSERT INTO desk_instance (name, port, pid, session_id) VALUES (?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE
            SET port = excluded.port, pid = excluded.pid, session_id = excluded.session_id, ended_at = NULL
            """;

    private static final String END =
            "UPDATE desk_instance SET session_id = NULL, ended_at = clock_timestamp() WHERE name = ? AND pid = ?";

    private static final String ALL =
            "SELECT name, port, pid, session_id AS session, ended_at FROM desk_instance ORDER BY name";

    private final JdbcClient jdbc;
    private final LeaseClient client;
    private final String name;
    private final long pid = ProcessHandle.current().pid();

    private volatile int port;
    private OptionalLong registered = OptionalLong.empty();

    InstanceRegistry(JdbcClient jdbc, LeaseClient client, SampleProperties properties) {
        this.jdbc = jdbc;
        this.client = client;
        this.name = properties.name();
    }

    /**
     * An instance, running or not.
     *
     * @param name for people
     * @param port of its page
     * @param pid of its process
     * @param session its last registered dbleases session, null after an orderly stop
     * @param endedAt when it stopped in an orderly way, or null
     */
    public record Instance(
            String name,
            int port,
            long pid,
            @Nullable Long session,
            @Nullable Instant endedAt) {}

    /** Returns all instances that were ever registered, by name. */
    public List<Instance> all() {
        return jdbc.sql(ALL).query(Instance.class).list();
    }

    @EventListener
    void listening(WebServerInitializedEvent event) {
        port = event.getWebServer().getPort();
        register();
        log.info("{} is on http://localhost:{}/", name, port);
    }

    /** When a session has ended, a new one follows. */
    @Scheduled(fixedDelay = 300)
    synchronized void register() {
        OptionalLong session = client.status().session();
        if (port == 0 || session.isEmpty() || session.equals(registered)) {
            return;
        }
        try {
            jdbc.sql(REGISTER).params(name, port, pid, session.getAsLong()).update();
            registered = session;
        } catch (DataAccessException e) {
            log.debug("The session could not be registered; trying again later", e);
        }
    }

    @PreDestroy
    void end() {
        try {
            jdbc.sql(END).params(name, pid).update();
        } catch (DataAccessException e) {
            log.debug("The end could not be registered; the page will notice by the session", e);
        }
        log.info("{} has ended.", name);
    }
}
