package io.github.dbleases.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** Data sources and connections whose calls can be intercepted. */
final class Interposed {

    private Interposed() {}

    /** Supplies connections. */
    @FunctionalInterface
    interface Source {

        Connection get() throws SQLException;
    }

    /** Handles a call of a method of a connection. {@link Call#proceed} calls the method. */
    @FunctionalInterface
    interface Interceptor {

        Object on(Call call) throws Throwable;
    }

    /** A call of a method of a connection. */
    record Call(Connection connection, Method method, Object[] arguments) {

        String name() {
            return method.getName();
        }

        Object proceed() throws Throwable {
            return on(connection);
        }

        /** Calls the method of another connection. */
        Object on(Connection other) throws Throwable {
            try {
                return method.invoke(other, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    static DataSource dataSource(Source source) {
        return (DataSource) Proxy.newProxyInstance(
                Interposed.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        return source.get();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    static Connection connection(Connection connection, Interceptor interceptor) {
        return (Connection) Proxy.newProxyInstance(
                Interposed.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> interceptor.on(new Call(connection, method, arguments)));
    }

    /** Hides from the store that the connections lead straight to the server, as a pooler does. */
    static DataSource disguised(DataSource dataSource) {
        return dataSource(() -> connection(
                dataSource.getConnection(),
                call -> call.name().equals("isWrapperFor") ? Boolean.FALSE : call.proceed()));
    }

    /** Returns a connection that reports another server process than the one that answers, as a pooler does. */
    static Connection behindPooler(Connection connection) {
        return connection(connection, call -> {
            if (!call.name().equals("unwrap")) {
                return call.proceed();
            }
            PGConnection driver = connection.unwrap(PGConnection.class);
            return Proxy.newProxyInstance(
                    Interposed.class.getClassLoader(),
                    new Class<?>[] {PGConnection.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("getBackendPID") ? 0 : method.invoke(driver, arguments));
        });
    }
}
