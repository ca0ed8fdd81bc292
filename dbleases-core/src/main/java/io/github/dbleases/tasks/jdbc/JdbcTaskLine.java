package io.github.dbleases.tasks.jdbc;

import static io.github.dbleases.tasks.jdbc.QueueConnections.LONG;
import static io.github.dbleases.tasks.jdbc.QueueConnections.USUAL;

import io.github.dbleases.TaskClaim;
import io.github.dbleases.TaskQueueException;
import io.github.dbleases.tasks.ClaimedTask;
import io.github.dbleases.tasks.FailedTask;
import io.github.dbleases.tasks.TaskLine;
import io.github.dbleases.tasks.TaskReply;
import io.github.dbleases.tasks.TaskRequest;
import io.github.dbleases.tasks.jdbc.Exchange.Answer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue in a user's own table on PostgreSQL. The {@linkplain TaskLine contract} is that of the interface; safe for use by
 * several threads.
 *
 * <p>A request is one statement: one round trip and one transaction with connections that commit automatically, which are
 * recommended; with others there is a commit more.
 *
 * <p>A row of which the mapper cannot make a task is reported in the log, noted as a failure of that task, and kept by the
 * session, so that it is in nobody's way; it is free again when the session ends.
 *
 * @param <T> what a task is for the application
 */
public final class JdbcTaskLine<T> implements TaskLine<T> {

    private static final Logger log = LoggerFactory.getLogger(JdbcTaskLine.class);

    private final QueueConnections connections;
    private final TaskTable table;
    private final LeaseTables leases;
    private final RowMapper<T> mapper;
    private final ClaimCursor cursor;
    private final TableSize size;
    private final AtomicReference<String> warnedOf = new AtomicReference<>("");
    private volatile @Nullable Ready ready;

    public JdbcTaskLine(DataSource dataSource, TaskTable table, LeaseTables leases, RowMapper<T> mapper) {
        this(dataSource, table, leases, mapper, System::nanoTime);
    }

    JdbcTaskLine(
            DataSource dataSource, TaskTable table, LeaseTables leases, RowMapper<T> mapper, LongSupplier nanoTime) {
        this.connections = new QueueConnections(dataSource, table.name());
        this.table = table;
        this.leases = leases;
        this.mapper = Objects.requireNonNull(mapper, "mapper");
        this.cursor = new ClaimCursor(nanoTime);
        this.size = new TableSize(nanoTime);
    }

    /** What is known once the types of the columns are. */
    private record Ready(ColumnTypes types, TaskStatements statements) {}

    @Override
    public void check() {
        Optional<String> missingIndex = connections.rolledBack("check", LONG, connection -> {
            new TableCheck(connection, table, leases).run();
            Ready known = read(connection);
            StatementCheck statements = new StatementCheck(connection, table, known.statements());
            statements.run();
            ready = known;
            return statements.missingIndex();
        });
        missingIndex
                .filter(statement -> !statement.equals(warnedOf.getAndSet(statement)))
                .ifPresent(statement -> log.warn(
                        "Claims read and sort all pending rows of table {}, as no index has them in order. Create it: {}",
                        table.name(),
                        statement));
    }

    @Override
    public TaskReply<T> exchange(TaskRequest<T> request) {
        String from = request.claim().isEmpty()
                        || request.claim().get().shared()
                        || !table.orders().isEmpty()
                ? null
                : cursor.next(request.claim().get().place());
        Answer<T> answer = ask(request, from);
        if (request.claim().isEmpty()) {
            return answer.reply();
        }
        moveCursor(request.claim().get(), from, answer);
        int missing = request.claim().get().limit() - answer.reply().claimed().size();
        return from == null || answer.last() != null || missing == 0
                ? answer.reply()
                : claimRest(request, answer.reply(), missing);
    }

    /** Claims from the start what is missing, so that only few tasks make a reply short. */
    private TaskReply<T> claimRest(TaskRequest<T> request, TaskReply<T> reply, int missing) {
        TaskClaim claim = request.claim().orElseThrow();
        int held = claim.held() + reply.claimed().size();
        TaskClaim rest = new TaskClaim(claim.session(), missing, held, claim.place(), false);
        Answer<T> answer =
                ask(new TaskRequest<>(request.session(), List.of(), List.of(), List.of(), Optional.of(rest)), null);
        moveCursor(rest, null, answer);
        List<ClaimedTask<T>> all = new ArrayList<>(reply.claimed());
        all.addAll(answer.reply().claimed());
        return new TaskReply<>(all, reply.lost(), reply.putAside(), reply.unheld());
    }

    private void moveCursor(TaskClaim claim, @Nullable String from, Answer<T> answer) {
        IdScale scale = ready == null ? null : IdScale.of(ready.types().id());
        cursor.moveTo(new ClaimCursor.Claimed(claim, from, answer.last(), scale));
    }

    private Answer<T> ask(TaskRequest<T> request, @Nullable String from) {
        Exchange<T> exchange = new Exchange<>(table, mapper, request, from);
        if (exchange.isEmpty()) {
            return new Answer<>(new TaskReply<>(List.of(), List.of(), List.of(), List.of()), null, List.of());
        }
        Answer<T> answer = connections.inOwnTransaction(exchange.what(), USUAL, connection -> {
            Ready known = ready(connection);
            return exchange.execute(connection, known.statements(), known.types(), size);
        });
        if (!answer.unmapped().isEmpty() && table.attempts().noted()) {
            note(request.session(), answer.unmapped());
        }
        return answer;
    }

    /** Notes failures of rows of which there is no task. Whether it succeeds or not, they stay with the session. */
    private void note(long session, List<FailedTask<Object>> failed) {
        TaskRequest<Object> request = new TaskRequest<>(session, List.of(), failed, List.of(), Optional.empty());
        Exchange<Object> exchange = new Exchange<>(table, row -> row, request, null);
        try {
            connections.inOwnTransaction(exchange.what(), USUAL, connection -> {
                Ready known = ready(connection);
                return exchange.execute(connection, known.statements(), known.types(), size);
            });
        } catch (TaskQueueException e) {
            log.warn("The failures of rows that cannot be mapped to tasks were not noted", e);
        }
    }

    @Override
    public List<ClaimedTask<T>> finish(long session, List<ClaimedTask<T>> tasks) {
        if (tasks.isEmpty()) {
            return List.of();
        }
        TaskRequest<T> request = new TaskRequest<>(session, tasks, List.of(), List.of(), Optional.empty());
        Exchange<T> exchange = new Exchange<>(table, mapper, request, null);
        return connections.joining(exchange.what(), USUAL, connection -> {
            Ready known = ready(connection);
            return exchange.execute(connection, known.statements(), known.types(), size)
                    .reply()
                    .lost();
        });
    }

    @Override
    public void releaseAllBut(long session, Collection<ClaimedTask<T>> known) {
        connections.inOwnTransaction("give back tasks of", LONG, connection -> {
            Ready columns = ready(connection);
            try (PreparedStatement statement =
                    QueueConnections.prepare(connection, columns.statements().releaseAllBut(), LONG)) {
                statement.setLong(1, session);
                statement.setArray(2, columns.types().ids(connection, List.copyOf(known), task -> task));
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public Optional<Duration> oldestPending() {
        if (table.createdColumn() == null) {
            return Optional.empty();
        }
        return connections.inOwnTransaction("read the age of tasks of", USUAL, connection -> {
            try (PreparedStatement statement = QueueConnections.prepare(
                            connection, ready(connection).statements().oldestPending(), USUAL);
                    ResultSet row = statement.executeQuery()) {
                if (!row.next() || row.getObject(1) == null) {
                    return Optional.<Duration>empty();
                }
                // A clock that was set back, or tasks for later.
                long micros = Math.max(0, Math.round(row.getDouble(1) * 1_000_000));
                return Optional.of(Duration.of(micros, ChronoUnit.MICROS));
            }
        });
    }

    private Ready ready(Connection connection) throws SQLException {
        Ready known = ready;
        if (known == null) {
            known = read(connection);
            ready = known;
        }
        return known;
    }

    private Ready read(Connection connection) throws SQLException {
        ColumnTypes types = ColumnTypes.read(connection, table);
        return new Ready(types, new TaskStatements(table, leases, types));
    }
}
