package io.github.dbleases.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.CorsFilter;

/**
 * Lets the page of one instance call the other instances, which are on the same host with another port. Pages from
 * other hosts may not.
 */
@Configuration(proxyBeanMethods = false)
class PeerOrigins {

    @Bean
    CorsFilter corsFilter() {
        return new CorsFilter(PeerOrigins::allowSameHost);
    }

    private static CorsConfiguration allowSameHost(HttpServletRequest request) {
        CorsConfiguration configuration = new CorsConfiguration();
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && request.getServerName().equals(host(origin))) {
            configuration.setAllowedOrigins(List.of(origin));
            configuration.setAllowedMethods(List.of("GET", "POST"));
            configuration.setAllowedHeaders(List.of(HttpHeaders.CONTENT_TYPE));
        }
        return configuration;
    }

    private static @Nullable String host(String origin) {
        try {
            return URI.create(origin).getHost();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
