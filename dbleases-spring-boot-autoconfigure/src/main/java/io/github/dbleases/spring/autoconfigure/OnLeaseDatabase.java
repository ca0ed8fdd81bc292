package io.github.dbleases.spring.autoconfigure;

import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;

/** Something says where to connect to. */
final class OnLeaseDatabase extends AnyNestedCondition {

    OnLeaseDatabase() {
        super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnBean(DataSource.class)
    static class ApplicationDataSource {}

    @ConditionalOnProperty("dbleases.connection.url")
    static class OwnUrl {}
}
