package io.github.dbleases.spring.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.spring.autoconfigure.DbLeasesAutoConfiguration;
import io.github.dbleases.spring.autoconfigure.LeaseStoreAutoConfiguration;
import io.github.dbleases.spring.migration.LeaseMigrationAutoConfiguration;
import io.github.dbleases.testing.postgres.PostgresDatabase;
import io.github.dbleases.testing.postgres.PostgresServer;
import io.github.dbleases.testing.postgres.Sql;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Three applications on a real PostgreSQL whose job writes rows with the token of its leader. */
class LeaderOnPostgresTests {

    private final PostgresDatabase database = PostgresServer.newest().freshDatabase();
    private final Sql sql = new Sql(database.dataSource());
    private final List<ConfigurableApplicationContext> running = new ArrayList<>();

    @AfterEach
    void closeAll() {
        running.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void oneOfThreeInstancesRunsTheJobAndAnotherGoesOnWhenItEnds() {
        sql.execute("CREATE TABLE report (id bigint GENERATED ALWAYS AS IDENTITY, writer text, token bigint)");
        for (String name : List.of("one", "two", "three")) {
            running.add(start(name));
        }

        String first = writer(0);
        for (int i = 0; i < 2; i++) {
            ConfigurableApplicationContext leading = contextOf(writer(i));
            int closing = i;
            leading.close();
            running.remove(leading);
            await().untilAsserted(() -> assertThat(writers()).hasSize(closing + 2));
        }

        assertThat(first).isEqualTo("one");
        assertThat(writers()).containsExactlyInAnyOrder("one", "two", "three");
        assertThat(sql.column("SELECT count(DISTINCT token) FROM report")).containsExactly("3");
        assertThat(sql.column("SELECT r.id FROM report r JOIN report e ON e.id < r.id AND e.token > r.token"))
                .isEmpty();
    }

    private ConfigurableApplicationContext start(String name) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .run(
                        "--dbleases.client-id=" + name,
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.user(),
                        "--spring.datasource.password=" + database.password());
    }

    private String writer(int index) {
        await().until(() -> writers().size() > index);
        return writers().get(index);
    }

    /** Returns who has written, in the order of their first reports. */
    private List<String> writers() {
        return sql.column("SELECT writer FROM report GROUP BY writer ORDER BY min(id)");
    }

    private ConfigurableApplicationContext contextOf(String name) {
        return running.stream()
                .filter(context -> name.equals(context.getEnvironment().getProperty("dbleases.client-id")))
                .findFirst()
                .orElseThrow();
    }

    @EnableScheduling
    @ImportAutoConfiguration({
        PropertyPlaceholderAutoConfiguration.class,
        AopAutoConfiguration.class,
        TaskSchedulingAutoConfiguration.class,
        DataSourceAutoConfiguration.class,
        LeaseStoreAutoConfiguration.class,
        LeaseMigrationAutoConfiguration.class,
        DbLeasesAutoConfiguration.class,
        LeaderOnlyAutoConfiguration.class
    })
    @Import(Job.class)
    static class Application {}

    static class Job {

        private final Sql sql;
        private final String name;

        Job(DataSource dataSource, Environment environment) {
            this.sql = new Sql(dataSource);
            this.name = environment.getRequiredProperty("dbleases.client-id");
        }

        @LeaderOnly("report")
        @Scheduled(fixedRate = 50)
        public void write() {
            long token = CurrentLeadership.get().orElseThrow().token();
            sql.execute("INSERT INTO report (writer, token) VALUES ('%s', %d)".formatted(name, token));
        }
    }
}
