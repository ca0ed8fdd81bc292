package io.github.dbleases.keyvalue.gcs;

import com.google.api.services.storage.model.StorageObject;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import com.google.cloud.storage.contrib.nio.testing.LocalStorageHelper;
import com.google.cloud.storage.spi.v1.StorageRpc;
import com.google.cloud.storage.spi.v1.StorageRpc.Option;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/**
 * Google's in-memory storage, with what it lacks: it assigns no generation to a created object, ignores the conditions
 * of creations and deletions, and supports only one thread. It keeps and lists the objects, below the client library
 * that otherwise talks to the service.
 */
final class GenerationalFake {

    private final StorageRpc fake =
            (StorageRpc) LocalStorageHelper.customOptions(false).getRpc();
    private final Map<String, Long> generations = new HashMap<>();
    private long last;

    /** Returns a client of the storage. */
    Storage client() {
        StorageRpc rpc = (StorageRpc) Proxy.newProxyInstance(
                StorageRpc.class.getClassLoader(),
                new Class<?>[] {StorageRpc.class},
                (proxy, method, arguments) -> call(method, arguments));
        return StorageOptions.http()
                .setProjectId("test")
                .setServiceRpcFactory(options -> rpc)
                .build()
                .getService();
    }

    private synchronized Object call(Method method, Object[] arguments) throws Throwable {
        if (arguments != null && arguments.length > 1 && arguments[0] instanceof StorageObject object) {
            Map<?, ?> options = (Map<?, ?>) arguments[arguments.length - 1];
            require(object.getName(), (Long) options.get(Option.IF_GENERATION_MATCH), method.getName());
            if (method.getName().equals("create")) {
                object.setGeneration(++last);
                generations.put(object.getName(), last);
            } else if (method.getName().equals("delete")) {
                generations.remove(object.getName());
            }
        }
        try {
            return method.invoke(fake, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void require(String name, Long condition, String method) {
        Long present = generations.get(name);
        boolean notFound = present == null && !method.equals("create");
        if (condition != null && !notFound && condition != (present == null ? 0 : present)) {
            throw new StorageException(412, "The generation is not " + condition);
        }
    }
}
