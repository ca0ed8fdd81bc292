package io.github.dbleases.benchmarks;

import io.github.dbleases.LeaderOnly;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.aopalliance.intercept.MethodInterceptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Compares the cost of calling a {@code @LeaderOnly} method with an interceptor that does nothing, with the two clock
 * reads that the check needs, and with a database lock for each call. All proxies are of the same kind.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LeaderOnlyBenchmark {

    private ConfigurableApplicationContext first;
    private ConfigurableApplicationContext second;
    private Job plain;
    private Job intercepted;
    private Job interceptedWithClockReads;
    private Job leading;
    private Job standby;
    private Job locked;

    @Setup(Level.Trial)
    public void start() {
        PostgresDatabase database = PostgresServer.newest().freshDatabase();
        first = application(database, First.class);
        second = application(database, Second.class);
        plain = new Unguarded();
        intercepted = proxy(invocation -> invocation.proceed());
        interceptedWithClockReads = proxy(
                invocation -> System.nanoTime() < 0 | System.currentTimeMillis() < 0 ? null : invocation.proceed());
        leading = first.getBean(Guarded.class);
        standby = second.getBean(Guarded.class);
        locked = first.getBean(Locked.class);
        if (leading.run() == null || standby.run() != null || locked.run() == null) {
            throw new IllegalStateException("The applications are not set up as the benchmark requires.");
        }
    }

    @TearDown(Level.Trial)
    public void stop() {
        second.close();
        first.close();
    }

    @Benchmark
    public boolean twoClockReads() {
        return System.nanoTime() < 0 | System.currentTimeMillis() < 0;
    }

    @Benchmark
    public String plainCall() {
        return plain.run();
    }

    @Benchmark
    public String emptyInterceptor() {
        return intercepted.run();
    }

    @Benchmark
    public String emptyInterceptorAndTwoClockReads() {
        return interceptedWithClockReads.run();
    }

    @Benchmark
    public String leaderOnlyPassed() {
        return leading.run();
    }

    @Benchmark
    public String leaderOnlySkipped() {
        return standby.run();
    }

    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public String schedulerLock() {
        return locked.run();
    }

    private static ConfigurableApplicationContext application(PostgresDatabase database, Class<?> type) {
        return new SpringApplicationBuilder(type)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .run(
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.user(),
                        "--spring.datasource.password=" + database.password());
    }

    private static Job proxy(MethodInterceptor interceptor) {
        ProxyFactory factory = new ProxyFactory(new Unguarded());
        factory.setProxyTargetClass(true);
        factory.addAdvice(interceptor);
        return (Job) factory.getProxy();
    }

    /** The same work in all benchmarks. */
    public abstract static class Job {

        public abstract String run();
    }

    public static class Unguarded extends Job {

        @Override
        public String run() {
            return "ran";
        }
    }

    public static class Guarded extends Job {

        @Override
        @LeaderOnly("job")
        public String run() {
            return "ran";
        }
    }

    public static class Locked extends Job {

        @Override
        @SchedulerLock(name = "job", lockAtMostFor = "10m", lockAtLeastFor = "0")
        public String run() {
            return "ran";
        }
    }

    @EnableAutoConfiguration
    @Import(Guarded.class)
    static class Second {}

    @EnableSchedulerLock(defaultLockAtMostFor = "10m")
    @Import(Locked.class)
    static class First extends Second {

        @Bean
        LockProvider lockProvider(DataSource dataSource) {
            JdbcTemplate jdbc = new JdbcTemplate(dataSource);
            jdbc.execute("CREATE TABLE shedlock (name varchar(64) PRIMARY KEY, lock_until timestamp NOT NULL, "
                    + "locked_at timestamp NOT NULL, locked_by varchar(255) NOT NULL)");
            return new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
                    .withJdbcTemplate(jdbc)
                    .usingDbTime()
                    .build());
        }
    }
}
