package io.github.dbleases.spring.tasks;

import io.github.dbleases.InvalidConfigurationException;
import io.github.dbleases.InvalidTaskTableException;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.postgres.tasks.RowMapper;
import io.github.dbleases.postgres.tasks.TaskTable;
import io.github.dbleases.spring.autoconfigure.NamedBeanRegistrar;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.support.JdbcUtils;

/**
 * Maps rows to tasks: with a {@link org.springframework.jdbc.core.RowMapper} bean for exactly their type if there is one,
 * else from the id column for simple types, else by the parameter names of their constructor.
 */
final class TaskRows {

    private final RunnerBeans beans;

    TaskRows(RunnerBeans beans) {
        this.beans = beans;
    }

    /**
     * The mapping of rows to tasks.
     *
     * @param mapper maps a row to a task
     * @param check checks that the table has the columns for it
     */
    record Rows<T>(RowMapper<T> mapper, Check check) {}

    /** A check of a table. */
    interface Check {

        Check NONE = dataSource -> {};

        /**
         * Checks the columns of the table.
         *
         * @throws InvalidTaskTableException if one is missing
         * @throws TaskQueueException if the database does not answer
         */
        void run(DataSource dataSource);
    }

    <T> Rows<T> of(RunnerDeclaration runner, TaskTable table, Class<T> type) {
        Optional<org.springframework.jdbc.core.RowMapper<T>> own = ownMapper(runner, type);
        if (own.isPresent()) {
            return new Rows<>(adapt(own.get()), Check.NONE);
        }
        if (BeanUtils.isSimpleValueType(type)) {
            return new Rows<>(row -> id(row, table.idColumn(), type), Check.NONE);
        }
        DataClassRows<T> rows = dataClassRows(runner, type);
        return new Rows<>(adapt(rows), dataSource -> requireColumns(rows, runner, table, type, dataSource));
    }

    @SuppressWarnings("unchecked")
    private <T> Optional<org.springframework.jdbc.core.RowMapper<T>> ownMapper(
            RunnerDeclaration runner, Class<T> type) {
        List<String> names =
                beans.all(ResolvableType.forClassWithGenerics(org.springframework.jdbc.core.RowMapper.class, type));
        Optional<String> chosen = beans.oneOf(names, runner, "RowMapper").or(() -> beans.primaryOf(names));
        if (chosen.isEmpty() && !names.isEmpty()) {
            throw new InvalidConfigurationException(
                    "Runner '%s' has tasks of type %s, for which there are several RowMapper beans: %s."
                            .formatted(runner.name(), type.getName(), RunnerBeans.quoted(names)),
                    "Mark one with @Primary or @Qualifier(\"%s\"), or name it '%s'."
                            .formatted(runner.name(), NamedBeanRegistrar.beanName(runner.name(), "RowMapper")));
        }
        return chosen.map(name -> beans.get(name, org.springframework.jdbc.core.RowMapper.class));
    }

    private static <T> RowMapper<T> adapt(org.springframework.jdbc.core.RowMapper<T> mapper) {
        return row -> Objects.requireNonNull(mapper.mapRow(row, row.getRow() - 1), "The RowMapper returned null");
    }

    private static <T> T id(ResultSet row, String column, Class<T> type) throws SQLException {
        Object value = JdbcUtils.getResultSetValue(row, row.findColumn(column), type);
        T id = type.isInstance(value)
                ? type.cast(value)
                : DefaultConversionService.getSharedInstance().convert(value, type);
        return Objects.requireNonNull(id, column);
    }

    private static <T> DataClassRows<T> dataClassRows(RunnerDeclaration runner, Class<T> type) {
        if (type.isInterface() || type.isArray() || Modifier.isAbstract(type.getModifiers()) || type == Object.class) {
            throw unmapped(runner, type, "it has no constructor", null);
        }
        try {
            return new DataClassRows<>(type);
        } catch (RuntimeException noConstructor) {
            throw unmapped(runner, type, String.valueOf(noConstructor.getMessage()), noConstructor);
        }
    }

    private static InvalidConfigurationException unmapped(
            RunnerDeclaration runner, Class<?> type, String reason, @Nullable Throwable cause) {
        return new InvalidConfigurationException(
                "Runner '%s' has tasks of type %s, to which rows cannot be mapped: %s."
                        .formatted(runner.name(), type.getTypeName(), reason),
                "Use a record whose components are named as the columns, or define a bean of type RowMapper<%s>."
                        .formatted(type.getSimpleName()),
                cause);
    }

    private static void requireColumns(
            DataClassRows<?> rows, RunnerDeclaration runner, TaskTable table, Class<?> type, DataSource dataSource) {
        String nothing = "SELECT * FROM %s WHERE false".formatted(quoted(table.name()));
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(nothing)) {
            List<String> missing = rows.missingIn(result);
            if (!missing.isEmpty()) {
                throw new InvalidTaskTableException(
                        "Table '%s' of runner '%s' has no column for %s of %s. Its columns are %s."
                                .formatted(
                                        table.name(),
                                        runner.name(),
                                        String.join(", ", missing),
                                        type.getName(),
                                        columns(result.getMetaData())),
                        "Name the components of the record as the columns, in camel case, or define a bean of type RowMapper<%s>."
                                .formatted(type.getSimpleName()));
            }
        } catch (SQLException unanswered) {
            throw new TaskQueueException(
                    "The columns of the table '%s' could not be read.".formatted(table.name()), unanswered);
        }
    }

    private static String columns(ResultSetMetaData metadata) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (int column = 1; column <= metadata.getColumnCount(); column++) {
            columns.add(metadata.getColumnLabel(column));
        }
        return String.join(", ", columns);
    }

    private static String quoted(String table) {
        return Stream.of(table.split("\\.", 2))
                .map(part -> '"' + part.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining("."));
    }

    /**
     * Maps rows to records and other classes, and tells in advance which columns are missing.
     *
     * @param <T> the class
     */
    private static final class DataClassRows<T> extends DataClassRowMapper<T> {

        private final List<String> parameters;

        /**
         * Prepares to make objects of a class.
         *
         * @throws RuntimeException if the class has no usable constructor
         */
        DataClassRows(Class<T> type) {
            super(type);
            Constructor<T> constructor = BeanUtils.getResolvableConstructor(type);
            this.parameters = constructor.getParameterCount() == 0
                    ? List.of()
                    : List.of(BeanUtils.getParameterNames(constructor));
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
}
