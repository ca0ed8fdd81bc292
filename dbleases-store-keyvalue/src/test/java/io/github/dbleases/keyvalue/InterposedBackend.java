package io.github.dbleases.keyvalue;

import io.github.dbleases.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A backend that tells what it was asked, that loses replies, and whose lists lag. */
final class InterposedBackend implements KeyValueBackend {

    private final KeyValueBackend backend;
    private final List<String> asked = new ArrayList<>();
    private String lost = "";
    private String unlisted = "";

    InterposedBackend(KeyValueBackend backend) {
        this.backend = backend;
    }

    /** Returns what it was asked since this was called last, each as a verb and a key. */
    synchronized List<String> asked() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    /** Does what it is asked next with a verb and a key, but does not say so. */
    synchronized void loseReplyTo(String question) {
        lost = question;
    }

    /** From now on lists do not have a document. */
    synchronized void doNotList(String key) {
        unlisted = key;
    }

    private synchronized <T> T ask(String verb, String key, Supplier<T> answer) {
        String question = verb + " " + key;
        asked.add(question);
        T reply = answer.get();
        if (question.equals(lost)) {
            lost = "";
            throw new StoreUnavailableException("The reply to '%s' was lost".formatted(question));
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
        return "the document at " + key;
    }
}
