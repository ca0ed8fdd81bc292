package io.github.dbleases.tasks.jdbc;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import io.github.dbleases.tasks.TaskReply;
import io.github.dbleases.tasks.TaskRequest;
import io.github.dbleases.tasks.jdbc.TaskStatements.Part;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One execution of the statement that does all of a request. */
final class Exchange<T> {

    private static final Logger log = LoggerFactory.getLogger(JdbcTaskLine.class);

    private final TaskTable table;
    private final RowMapper<T> mapper;
    private final TaskRequest<T> request;
    private final @Nullable String from;
    private final Set<Part> parts = EnumSet.noneOf(Part.class);
    private int parameter;

    /**
     * Prepares one.
     *
     * @param from where in the order of the ids the claim begins, null for the start
     */
    Exchange(TaskTable table, RowMapper<T> mapper, TaskRequest<T> request, @Nullable String from) {
        this.table = table;
        this.mapper = mapper;
        this.request = request;
        this.from = from;
        add(Part.FINISH, !request.finished().isEmpty());
        add(Part.FAIL, !request.failed().isEmpty());
        add(Part.RELEASE, !request.released().isEmpty());
        add(Part.CLAIM, request.claim().isPresent());
        add(Part.FROM, from != null);
        add(Part.SHARE, request.claim().filter(TaskClaim::shared).isPresent());
    }

    /**
     * What came of it.
     *
     * @param last where the next claim may begin, null at the start
     * @param unmapped the claimed rows of which the mapper could make no task
     */
    record Answer<T>(TaskReply<T> reply, @Nullable String last, List<FailedTask<Object>> unmapped) {}

    private void add(Part part, boolean wanted) {
        if (wanted) {
            parts.add(part);
        }
    }

    /** Returns whether there is nothing to do. */
    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Returns what is done, as a part of a message. */
    String what() {
        List<String> words = new ArrayList<>();
        if (parts.contains(Part.FINISH)) {
            words.add("finish " + request.finished().size());
        }
        if (parts.contains(Part.FAIL)) {
            words.add("note the failure of " + request.failed().size());
        }
        if (parts.contains(Part.RELEASE)) {
            words.add("give back " + request.released().size());
        }
        request.claim().ifPresent(claim -> words.add("claim up to " + claim.limit()));
        return String.join(", ", words) + " tasks of";
    }

    Answer<T> execute(Connection connection, TaskStatements statements, ColumnTypes types, TableSize size)
            throws SQLException {
        if (size.isOld()) {
            size.read(pages(connection, statements));
        }
        String sql = statements.exchange(parts, size.step());
        try (PreparedStatement statement = QueueConnections.prepare(connection, sql, QueueConnections.USUAL)) {
            parameter = 0;
            if (parts.contains(Part.FINISH)) {
                statement.setArray(++parameter, types.ids(connection, request.finished(), task -> task));
                statement.setLong(++parameter, request.session());
            }
            if (parts.contains(Part.FAIL)) {
                statement.setArray(++parameter, types.ids(connection, request.failed(), FailedTask::claimed));
                statement.setArray(++parameter, errors(connection));
                statement.setLong(++parameter, request.session());
            }
            if (parts.contains(Part.RELEASE)) {
                statement.setArray(++parameter, types.ids(connection, request.released(), task -> task));
                statement.setLong(++parameter, request.session());
            }
            if (request.claim().isPresent()) {
                bind(statement, request.claim().get());
            }
            try (ResultSet rows = statement.executeQuery()) {
                return read(rows, size);
            }
        }
    }

    private static long pages(Connection connection, TaskStatements statements) throws SQLException {
        try (PreparedStatement statement =
                        QueueConnections.prepare(connection, statements.pages(), QueueConnections.USUAL);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private Array errors(Connection connection) throws SQLException {
        boolean wanted = table.attempts().errorColumn() != null;
        return connection.createArrayOf(
                "text",
                request.failed().stream()
                        .map(failed -> wanted ? ColumnTypes.error(failed.failure()) : null)
                        .toArray());
    }

    private void bind(PreparedStatement statement, TaskClaim claim) throws SQLException {
        if (from != null) {
            statement.setString(++parameter, from);
        }
        statement.setLong(++parameter, claim.session());
        statement.setLong(++parameter, claim.limit());
        if (claim.shared()) {
            statement.setLong(++parameter, claim.held());
            statement.setLong(++parameter, (long) claim.sessions() * (claim.limit() + claim.held()));
            statement.setLong(++parameter, claim.sessions());
            statement.setLong(++parameter, claim.held());
        }
        statement.setLong(++parameter, claim.session());
        statement.setLong(++parameter, claim.limit() - 1L);
    }

    private Answer<T> read(ResultSet rows, TableSize size) throws SQLException {
        int own = rows.getMetaData().getColumnCount() - 4;
        int id = request.claim().isEmpty() ? 0 : position(rows.getMetaData(), table.idColumn());
        List<ClaimedTask<T>> claimed = new ArrayList<>();
        List<ClaimedTask<T>> lost = List.of();
        List<ClaimedTask<T>> putAside = List.of();
        List<ClaimedTask<T>> unheld = List.of();
        List<FailedTask<Object>> unmapped = new ArrayList<>();
        String last = null;
        for (boolean first = true; rows.next(); first = false) {
            if (first) {
                lost = at(rows.getArray(own), request.finished());
                putAside = failed(at(rows.getArray(own + 1), request.failed()));
                unheld = failed(butAt(rows.getArray(own + 2), request.failed()));
                last = rows.getString(own + 3);
                size.read(rows.getLong(own + 4));
            }
            Object key = id == 0 ? null : rows.getObject(id);
            if (key != null) {
                map(rows, key, claimed, unmapped);
            }
        }
        if (!unmapped.isEmpty()) {
            log.error(
                    "{} rows of table {} cannot be mapped to tasks and stay with the session, the first with id {}",
                    unmapped.size(),
                    table.name(),
                    unmapped.get(0).claimed().id(),
                    unmapped.get(0).failure());
        }
        return new Answer<>(new TaskReply<>(claimed, lost, putAside, unheld), last, unmapped);
    }

    /** Exactly, as names may differ in their case only. Returns 0 if there is no such column. */
    private static int position(ResultSetMetaData columns, String name) throws SQLException {
        int position = columns.getColumnCount();
        while (position > 0 && !columns.getColumnLabel(position).equals(name)) {
            position--;
        }
        return position;
    }

    private void map(ResultSet row, Object id, List<ClaimedTask<T>> claimed, List<FailedTask<Object>> unmapped) {
        try {
            claimed.add(new ClaimedTask<>(id, mapper.map(row)));
        } catch (SQLException | RuntimeException e) {
            unmapped.add(new FailedTask<>(new ClaimedTask<>(id, id), e));
        }
    }

    private static <T> List<ClaimedTask<T>> failed(List<FailedTask<T>> tasks) {
        return tasks.stream().map(FailedTask::claimed).toList();
    }

    /** Returns the elements that are not at some positions, which begin at 1. */
    private static <E> List<E> butAt(@Nullable Array positions, List<E> elements) throws SQLException {
        if (elements.isEmpty()) {
            return List.of();
        }
        BitSet others = new BitSet();
        others.set(0, elements.size());
        if (positions != null) {
            for (Integer position : (Integer[]) positions.getArray()) {
                others.clear(position - 1);
            }
        }
        return others.stream().mapToObj(elements::get).toList();
    }

    /** Returns the elements at some positions, which begin at 1. */
    private static <E> List<E> at(@Nullable Array positions, List<E> elements) throws SQLException {
        if (positions == null) {
            return List.of();
        }
        return Arrays.stream((Integer[]) positions.getArray())
                .map(position -> elements.get(position - 1))
                .toList();
    }
}
