package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.LeaseClient;
import io.github.dbleases.spring.DbLeasesDataSource;
import io.github.dbleases.spring.TransactionFence;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronization;

/** Configures the {@link TransactionFence} of the transactions in the database that keeps the leases. */
@AutoConfiguration(after = DbLeasesAutoConfiguration.class)
@ConditionalOnClass({DataSourceUtils.class, TransactionSynchronization.class})
@ConditionalOnBean({DataSource.class, LeaseClient.class})
public final class TransactionFenceAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TransactionFence dbLeasesTransactionFence(
            @DbLeasesDataSource ObjectProvider<DataSource> marked, ObjectProvider<DataSource> primary) {
        return new TransactionFence(() -> marked.getIfAvailable(() -> LeaseConnections.primaryOf(primary)));
    }
}
