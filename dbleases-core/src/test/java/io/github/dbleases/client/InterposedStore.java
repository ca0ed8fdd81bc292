package io.github.dbleases.client;

import io.github.dbleases.Timing;
import io.github.dbleases.store.HeartbeatLine;
import io.github.dbleases.store.LeaseStore;
import io.github.dbleases.store.WorkLine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * A store of which every call can be watched, held up or made to fail.
 *
 * @param store the store
 * @param before is told the name of the method before it is called, and may throw
 */
record InterposedStore(LeaseStore store, Consumer<String> before) implements LeaseStore {

    @Override
    public HeartbeatLine heartbeatLine(Timing timing) {
        return interpose(HeartbeatLine.class, store.heartbeatLine(timing));
    }

    @Override
    public WorkLine workLine(Timing timing) {
        return interpose(WorkLine.class, store.workLine(timing));
    }

    private <T> T interpose(Class<T> type, T line) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.accept(method.getName());
                    try {
                        return method.invoke(line, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                }));
    }
}
