package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.spring.jdbc.ConnectionOverrides;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import java.util.Collection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;

/** Which database the stores on a database use. */
final class LeaseConnections {

    private LeaseConnections() {}

    /** The marked data source, else the primary one; with a URL of its own none is needed. */
    static DbLeasesConnections of(
            DbLeasesProperties properties,
            Environment environment,
            ObjectProvider<DataSource> marked,
            ObjectProvider<DataSource> primary) {
        DbLeasesProperties.Connection own = properties.connection();
        return new DbLeasesConnections(
                dataSource(marked, primary, own.url() != null),
                new ConnectionOverrides("dbleases.connection", own.url(), own.user(), own.password()),
                properties.clientConfig(environment));
    }

    private static @Nullable DataSource dataSource(
            ObjectProvider<DataSource> marked, ObjectProvider<DataSource> primary, boolean optional) {
        DataSource chosen = marked.getIfAvailable();
        if (chosen != null) {
            return chosen;
        }
        return optional ? primary.getIfUnique() : primaryOf(primary);
    }

    /** Returns the only data source, or the primary one of several. */
    static DataSource primaryOf(ObjectProvider<DataSource> primary) {
        try {
            return primary.getObject();
        } catch (NoUniqueBeanDefinitionException several) {
            Collection<String> names = several.getBeanNamesFound();
            throw new InvalidConfigurationException(
                    "There are several DataSource beans%s, and none is marked as the one whose database has the leases."
                            .formatted(names == null ? "" : " (" + String.join(", ", names) + ")"),
                    "Put @DbLeasesDataSource on the one to use, or @Primary if it is also the one that the application uses "
                            + "by default, or set dbleases.connection.url, dbleases.connection.user and "
                            + "dbleases.connection.password.");
        }
    }
}
