package io.github.dbleases.starter;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskFailure;
import io.github.dbleases.TaskQueue;
import io.github.dbleases.Tasker;
import io.github.dbleases.memory.InMemoryLeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.EndpointRequest;
import org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** A cluster in memory: applications that are started from the starter, and clients without one. */
final class Cluster implements AutoCloseable {

    private final InMemoryLeaseStore store = new InMemoryLeaseStore();
    private final List<AutoCloseable> started = new ArrayList<>();

    /** Starts a client without an application. */
    LeaseClient client(String id) {
        LeaseClient client = LeaseClient.builder(store)
                .clientId(id)
                .debounce(Duration.ofMillis(100))
                .start();
        started.add(client);
        return client;
    }

    /** Starts an application. */
    ConfigurableApplicationContext application(WebApplicationType type, Map<String, Object> properties) {
        ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
                .web(type)
                .properties(Map.of(
                        "server.port", "0",
                        "spring.application.name", "shop",
                        "dbleases.client-id", "here",
                        "dbleases.debounce", "100ms",
                        "dbleases.runners.emails.interval", "50ms"))
                .properties(properties)
                .bannerMode(Banner.Mode.OFF)
                .initializers(context -> context.getBeanFactory().registerSingleton("store", store))
                .run();
        started.add(application);
        return application;
    }

    @Override
    public void close() throws Exception {
        for (int last = started.size() - 1; last >= 0; last--) {
            started.get(last).close();
        }
    }

    /** Has a queue without end, and two users, one of whom is an operator. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {
                DataSourceAutoConfiguration.class,
                // With Spring MVC beside it, Tomcat would be a second server for WebFlux.
                TomcatReactiveWebServerAutoConfiguration.class,
                TomcatReactiveManagementContextAutoConfiguration.class
            })
    static class Application {

        @Bean
        TaskQueue<String> emailsQueue() {
            return new Emails();
        }

        @Bean
        Tasker<String> emailsTasker() {
            return Tasker.each(email -> {});
        }

        private static List<UserDetails> users() {
            return List.of(
                    User.withUsername("alice")
                            .password("{noop}secret")
                            .roles("OPERATOR")
                            .build(),
                    User.withUsername("bob")
                            .password("{noop}secret")
                            .roles("GUEST")
                            .build());
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnWebApplication(type = Type.SERVLET)
        @Import(ActuatorSecurity.class)
        static class Servlet {

            /** Secures everything except for what {@link ActuatorSecurity} secures. */
            @Bean
            SecurityFilterChain open(HttpSecurity http) throws Exception {
                return http.authorizeHttpRequests(
                                requests -> requests.anyRequest().permitAll())
                        .build();
            }

            @Bean
            InMemoryUserDetailsManager userDetails() {
                return new InMemoryUserDetailsManager(users());
            }
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnWebApplication(type = Type.REACTIVE)
        @EnableWebFluxSecurity
        static class Reactive {

            @Bean
            SecurityWebFilterChain security(ServerHttpSecurity http, @Value("${secured:false}") boolean secured) {
                return http.authorizeExchange(exchanges -> {
                            if (secured) {
                                exchanges
                                        .matchers(EndpointRequest.toAnyEndpoint())
                                        .hasRole("OPERATOR");
                            }
                            exchanges.anyExchange().permitAll();
                        })
                        .httpBasic(Customizer.withDefaults())
                        .csrf(ServerHttpSecurity.CsrfSpec::disable)
                        .build();
            }

            @Bean
            MapReactiveUserDetailsService userDetails() {
                return new MapReactiveUserDetailsService(users());
            }
        }
    }

    /** Has a new email each 20 ms. */
    private static final class Emails implements TaskQueue<String> {

        private final long start = System.nanoTime();
        private long claimed;

        @Override
        public synchronized List<String> claim(TaskClaim claim) {
            long all = Duration.ofNanos(System.nanoTime() - start).toMillis() / 20;
            List<String> emails = LongStream.range(claimed, Math.min(all, claimed + claim.limit()))
                    .mapToObj(email -> "email " + email)
                    .toList();
            claimed += emails.size();
            return emails;
        }

        @Override
        public List<String> finish(long session, List<String> emails) {
            return List.of();
        }

        @Override
        public void release(long session, List<String> emails) {}

        @Override
        public boolean fail(long session, TaskFailure<String> failure) {
            return false;
        }
    }
}
