package io.github.dbleases.scale;

import io.github.dbleases.postgres.PostgresLeaseStore;
import io.github.dbleases.postgres.PostgresStoreConfig;
import io.github.dbleases.spi.LeaseStore;
import java.io.PrintStream;
import org.postgresql.ds.PGSimpleDataSource;

/** The main class of a process with many clients, which is going to be killed. */
final class CrowdProcess {

    static final String JOINED = "joined";

    private static final PrintStream OUT = System.out;

    private CrowdProcess() {}

    /**
     * Takes the JDBC URL, the user, whether there are notifications, the number of clients, and their shape. Reports when they
     * have joined.
     */
    public static void main(String[] arguments) throws Exception {
        LeaseStore store = store(arguments[0], arguments[1], Boolean.parseBoolean(arguments[2]));
        Crowd crowd = new Crowd(Shape.of(arguments[4]), store);
        crowd.join(Integer.parseInt(arguments[3]));
        crowd.awaitActive();
        OUT.println(JOINED);
        Thread.currentThread().join();
    }

    /** Returns the store that the clients of a process share. */
    static LeaseStore store(String url, String user, boolean notifications) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        dataSource.setUser(user);
        return new PostgresLeaseStore(
                dataSource,
                PostgresStoreConfig.builder().notifications(notifications).build());
    }
}
