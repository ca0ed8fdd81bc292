package io.github.dbleases.spring.tasks;

import java.lang.reflect.Constructor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.BeanUtils;
import org.springframework.jdbc.core.DataClassRowMapper;

/**
 * Makes records and other classes of rows, and knows in advance which columns it will miss.
 *
 * @param <T> the class
 */
final class DataClassRows<T> extends DataClassRowMapper<T> {

    private final List<String> parameters;

    /**
     * Prepares to make objects of a class.
     *
     * @throws RuntimeException if the class has no constructor to be used
     */
    DataClassRows(Class<T> type) {
        super(type);
        Constructor<T> constructor = BeanUtils.getResolvableConstructor(type);
        this.parameters =
                constructor.getParameterCount() == 0 ? List.of() : List.of(BeanUtils.getParameterNames(constructor));
    }

    /** Returns the parameters of the constructor for which a result has no column. */
    List<String> missingIn(ResultSet rows) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (String parameter : parameters) {
            if (!hasColumn(rows, lowerCaseName(parameter)) && !hasColumn(rows, underscoreName(parameter))) {
                missing.add(parameter);
            }
        }
        return missing;
    }

    private static boolean hasColumn(ResultSet rows, String name) throws SQLException {
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
            if (rows.getMetaData().getColumnLabel(column).equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}
