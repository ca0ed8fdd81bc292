package io.github.dbleases.sample.launcher;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that starts the PostgreSQL server, waits for the end of its parent and then stops the server.
 *
 * <p>Ctrl-C reaches all processes of a terminal at once. The instances need the database for an orderly stop, so this
 * process continues until its parent closes the pipe.
 */
final class DatabaseServer {

    private static final Logger log = LoggerFactory.getLogger(DatabaseServer.class);

    private final EmbeddedPostgres server;
    private final Path data;

    private DatabaseServer(EmbeddedPostgres server, Path data) {
        this.server = server;
        this.data = data;
    }

    /** Runs until the parent asks it to end or is gone. */
    static void run() {
        CountDownLatch parentGone = new CountDownLatch(1);
        try {
            DatabaseServer database = start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> database.stopAfter(parentGone), "stop"));
            System.out.println(database.address().toLine());
        } catch (IOException | IllegalStateException e) {
            log.error("PostgreSQL could not be started", e);
            System.exit(1);
        }
        ParentWatch.awaitEnd();
        parentGone.countDown();
        System.exit(0);
    }

    private static DatabaseServer start() throws IOException {
        Path data = Files.createTempDirectory("order-desk-data");
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(binaries())
                .setDataDirectory(data)
                .setCleanDataDirectory(true)
                .setRegisterShutdownHook(false)
                // The server may not know the locale of the terminal.
                .setLocaleConfig("locale", "C")
                .setServerConfig("synchronous_commit", "on")
                .start();
        return new DatabaseServer(server, data);
    }

    /** The directory to which the binaries are unpacked, once for each user. */
    private static File binaries() {
        return new File(System.getProperty("java.io.tmpdir"), "order-desk-postgres-" + System.getProperty("user.name"));
    }

    private DatabaseAddress address() throws IOException {
        String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
        return new DatabaseAddress(server.getPort(), Long.parseLong(pid.strip()), data);
    }

    private void stopAfter(CountDownLatch parentGone) {
        try {
            parentGone.await();
            server.close();
        } catch (IOException e) {
            log.error("PostgreSQL could not be stopped", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
