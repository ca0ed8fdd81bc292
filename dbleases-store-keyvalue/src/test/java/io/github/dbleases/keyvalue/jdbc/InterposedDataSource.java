package io.github.dbleases.keyvalue.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A database whose statements fail when a test wants them to, before or after they take effect. */
final class InterposedDataSource implements DataSource {

    /** The open connections. */
    final List<Connection> open = new ArrayList<>();

    /** The first words of the executed statements. */
    final List<String> statements = new ArrayList<>();

    /** Whether new connections are in autocommit mode. */
    boolean autocommit = true;

    private final DataSource database;
    private String word;
    private SQLException failure;
    private boolean afterEffect;
    private boolean always;

    InterposedDataSource(DataSource database) {
        this.database = database;
    }

    /** Makes the next statement that starts with a word fail without taking effect. */
    void failBefore(String beginning, SQLException e) {
        word = beginning;
        failure = e;
        afterEffect = false;
        always = false;
    }

    /** Makes every statement that starts with a word fail. */
    void alwaysFail(String beginning, SQLException e) {
        failBefore(beginning, e);
        always = true;
    }

    /** Loses the reply to the next statement that starts with a word. */
    void failAfter(String beginning, SQLException e) {
        failBefore(beginning, e);
        afterEffect = true;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection real = database.getConnection();
        real.setAutoCommit(autocommit);
        open.add(real);
        return proxy(Connection.class, (proxy, method, arguments) -> {
            if (method.getName().equals("close")) {
                open.remove(real);
            }
            Object result = call(method, real, arguments);
            return method.getName().equals("prepareStatement")
                    ? statement((PreparedStatement) result, (String) arguments[0])
                    : result;
        });
    }

    private PreparedStatement statement(PreparedStatement real, String sql) {
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return call(method, real, arguments);
            }
            statements.add(sql.substring(0, sql.indexOf(' ')));
            SQLException now = failure != null && sql.startsWith(word) ? failure : null;
            if (!always && now != null) {
                failure = null;
            }
            if (now != null && !afterEffect) {
                throw now;
            }
            Object result = call(method, real, arguments);
            if (now != null) {
                throw now;
            }
            return result;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
