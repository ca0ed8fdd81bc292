package io.github.dbleases.spring.autoconfigure;

import io.github.dbleases.spring.jdbc.ConnectionOverrides;
import io.github.dbleases.spring.jdbc.DbLeasesConnections;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/** Which database the stores on a database use. */
final class LeaseConnections {

    private LeaseConnections() {}

    /** The marked data source, else the primary one; with a URL of its own none is needed. */
    static DbLeasesConnections of(
            DbLeasesProperties properties, ObjectProvider<DataSource> marked, ObjectProvider<DataSource> primary) {
        DbLeasesProperties.Connection own = properties.connection();
        return new DbLeasesConnections(
                dataSource(marked, primary, own.url() != null),
                new ConnectionOverrides(own.url(), own.user(), own.password()),
                properties.clientConfig());
    }

    private static @Nullable DataSource dataSource(
            ObjectProvider<DataSource> marked, ObjectProvider<DataSource> primary, boolean optional) {
        DataSource chosen = marked.getIfAvailable();
        if (chosen != null) {
            return chosen;
        }
        return optional ? primary.getIfUnique() : primary.getObject();
    }
}
