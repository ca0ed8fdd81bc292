package io.github.dbleases.spring.jdbc;

import io.github.dbleases.DbLeasesException;
import org.jspecify.annotations.Nullable;

/** The address and the credentials of a {@code DataSource} cannot be read, so no own connections can be opened. */
public final class UnderivableDataSourceException extends DbLeasesException {

    private static final long serialVersionUID = 1L;

    UnderivableDataSourceException(Class<?> dataSource, @Nullable Throwable cause) {
        super(
                ("dbleases opens connections of its own, but cannot read the address of the database from the DataSource "
                                + "of type %s.")
                        .formatted(dataSource.getName()),
                "Set dbleases.connection.url, dbleases.connection.user and dbleases.connection.password, "
                        + "or put @DbLeasesDataSource on another DataSource bean.",
                cause);
    }
}
