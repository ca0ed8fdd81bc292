package io.github.dbleases.keyvalue;

import io.github.dbleases.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A backend that records its calls, loses replies, and has lists that lag. */
final class InterposedBackend implements KeyValueBackend {

    private final KeyValueBackend backend;
    private final List<String> calls = new ArrayList<>();
    private String lost = "";
    private String unlisted = "";

    InterposedBackend(KeyValueBackend backend) {
        this.backend = backend;
    }

    /** Returns the calls since the last call of this method, each as an operation and a key. */
    synchronized List<String> calls() {
        List<String> all = List.copyOf(calls);
        calls.clear();
        return all;
    }

    /** Performs the next call with an operation and a key, but loses the reply. */
    synchronized void loseReplyTo(String call) {
        lost = call;
    }

    /** Omits a document from lists from now on. */
    synchronized void doNotList(String key) {
        unlisted = key;
    }

    private synchronized <T> T ask(String verb, String key, Supplier<T> answer) {
        String call = verb + " " + key;
        calls.add(call);
        T reply = answer.get();
        if (call.equals(lost)) {
            lost = "";
            throw new StoreUnavailableException("The reply to '%s' was lost".formatted(call));
        }
        return reply;
    }

    @Override
    public Optional<Document> get(String key) {
        return ask("get", key, () -> backend.get(key));
    }

    @Override
    public Optional<String> put(String key, String content, @Nullable String ifVersion) {
        return ask("put", key, () -> backend.put(key, content, ifVersion));
    }

    @Override
    public boolean delete(String key, String ifVersion) {
        return ask("delete", key, () -> backend.delete(key, ifVersion));
    }

    @Override
    public Map<String, String> list(String prefix) {
        return ask("list", prefix, () -> {
            Map<String, String> listed = new TreeMap<>(backend.list(prefix));
            listed.remove(unlisted);
            return listed;
        });
    }

    @Override
    public String place(String key) {
        return "memory:" + key;
    }
}
