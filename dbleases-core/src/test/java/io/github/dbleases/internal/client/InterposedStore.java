package io.github.dbleases.internal.client;

import io.github.dbleases.Timing;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.LeaseStore;
import io.github.dbleases.spi.WorkChannel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
