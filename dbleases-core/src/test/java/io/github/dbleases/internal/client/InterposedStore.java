package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.FencedPartition;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * A store whose calls can be observed, delayed or made to fail.
 *
 * @param store the store
 * @param before receives the name of the method before each call, and may throw
 */
record InterposedStore(LeaseStore store, Consumer<String> before) implements LeaseStore {

    @Override
    public HeartbeatChannel heartbeatChannel(Timing timing) {
        return interpose(HeartbeatChannel.class, store.heartbeatChannel(timing));
    }

    @Override
    public WorkChannel workChannel(Timing timing) {
        return interpose(WorkChannel.class, store.workChannel(timing));
    }

    @Override
    public boolean fence(Connection transaction, FencedPartition granted) throws SQLException {
        before.accept("fence");
        return store.fence(transaction, granted);
    }

    private <T> T interpose(Class<T> type, T channel) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.accept(method.getName());
                    try {
                        return method.invoke(channel, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                }));
    }
}
