package io.github.dbleases.scale;

import io.github.dbleases.postgres.PostgresLeaseStore;
import java.io.PrintStream;
import org.postgresql.ds.PGSimpleDataSource;

/** The main class of a process with many clients, which is going to be killed. */
final class CrowdProcess {

    static final String JOINED = "joined";

    private static final PrintStream OUT = System.out;

    private CrowdProcess() {}

    /** Takes the JDBC URL, the user, the number of clients and their shape. Reports when they have joined. */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser(arguments[1]);
        Crowd crowd = new Crowd(Shape.of(arguments[3]), new PostgresLeaseStore(dataSource));
        crowd.join(Integer.parseInt(arguments[2]));
        crowd.awaitActive();
        OUT.println(JOINED);
        Thread.currentThread().join();
    }
}
