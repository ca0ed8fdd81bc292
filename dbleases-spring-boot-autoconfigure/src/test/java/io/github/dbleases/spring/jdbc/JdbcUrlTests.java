package io.github.dbleases.spring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dbleases.InvalidConfigurationException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTests {

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db:5432/shop?user=app&password=geheim, jdbc:postgresql://db:5432/shop",
        "'jdbc:postgresql://a:1,b:2/shop?password=geheim&targetServerType=primary', 'jdbc:postgresql://a:1,b:2/shop'",
        "jdbc:postgresql://[::1]:5432/shop, jdbc:postgresql://[::1]:5432/shop",
        "jdbc:postgresql://db/, jdbc:postgresql://db/",
        "jdbc:postgresql:shop?password=geheim, jdbc:postgresql:shop",
        "jdbc:postgresql://me:geheim@db/shop, jdbc:postgresql:***",
        "jdbc:postgresql://me:12/geheim@db/shop, jdbc:postgresql:***",
        "jdbc:postgresql://me:12?geheim@db/shop, jdbc:postgresql:***",
        "jdbc:postgresql://db:geheim/shop, jdbc:postgresql:***",
        "postgres://me:geheim@db/shop, postgres:***",
        "jdbc:h2:mem:shop;PASSWORD=geheim, jdbc:h2:***",
        "jdbc:oracle:thin:me/geheim@db:1521/shop, jdbc:oracle:***",
        "geheim, ***"
    })
    void whatIsShownHasNothingSecret(String url, String shown) {
        assertThat(JdbcUrl.shown(url)).isEqualTo(shown);
        assertThat(JdbcUrl.of(url)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://me:geheim@db/shop",
                "jdbc:postgresql://db:geheim/shop",
                "jdbc:postgresql://me:12/geheim@db/shop"
            })
    void whatTheDriverWouldPrintIsRefused(String url) {
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> JdbcUrl.of(url).requireValid("spring.datasource.url"))
                .withMessageContaining("spring.datasource.url")
                .withMessageNotContaining("geheim")
                .satisfies(
                        refused -> assertThat(refused.remedy()).contains("Write jdbc:postgresql://host:5432/database"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db:5432/shop?user=me@azure&ssl",
                "jdbc:postgresql://db",
                "jdbc:postgresql:///shop",
                "jdbc:postgresql:/",
                "jdbc:postgresql:shop",
                "jdbc:h2:mem:shop"
            })
    void whatADriverUnderstandsIsAccepted(String url) {
        assertThatCode(() -> JdbcUrl.of(url).requireValid("url")).doesNotThrowAnyException();
    }

    @Test
    void secretParametersAreTakenOut() {
        JdbcUrl url = JdbcUrl.of("jdbc:postgresql://db/shop?password=ge%20heim&user=me&sslpassword=x&ssl");

        assertThat(url.secrets()).isEqualTo(Map.of("password", "ge heim", "sslpassword", "x"));
        assertThat(url.withoutSecrets()).isEqualTo("jdbc:postgresql://db/shop?user=me&ssl");
        assertThat(JdbcUrl.of("jdbc:postgresql://db/shop?password=x").withoutSecrets())
                .isEqualTo("jdbc:postgresql://db/shop");
    }
}
