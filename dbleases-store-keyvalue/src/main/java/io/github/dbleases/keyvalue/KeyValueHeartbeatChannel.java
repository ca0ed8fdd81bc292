package io.github.dbleases.keyvalue;

import io.github.dbleases.Timing;
import io.github.dbleases.keyvalue.KeyValueBackend.Document;
import io.github.dbleases.spi.HeartbeatChannel;
import io.github.dbleases.spi.NewSession;
import io.github.dbleases.spi.Renewal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The heartbeat channel of one client. A heartbeat writes the session's document and reads the versions of all others.
 */
final class KeyValueHeartbeatChannel implements HeartbeatChannel {

    private final Storage storage;
    private final Duration budget;
    private final Host.Calls calls;
    private final Quiet quiet = new Quiet();
    private final Map<Long, Own> own = new ConcurrentHashMap<>();

    KeyValueHeartbeatChannel(Storage storage, Timing timing) {
        this.storage = storage;
        this.budget = timing.attemptTimeout();
        this.calls = storage.host().calls();
    }

    /** A session of this channel, with the document version from the last write that was acknowledged. */
    private record Own(SessionDocument document, String version) {}

    @Override
    public Renewal open(NewSession opening) {
        Attempt attempt = storage.attempt(budget);
        return calls.run(budget, () -> {
            if (opening.drained()) {
                DrainDocument.write(attempt, opening.id(), true);
            }
            SessionDocument document = SessionDocument.of(opening, storage.wallTime());
            Optional<String> version = create(attempt, SessionDocument.key(opening.id()), document.text());
            own.put(
                    opening.id(),
                    new Own(
                            document,
                            version.orElseThrow(() ->
                                    new IllegalStateException("Session %s already exists".formatted(opening.id())))));
            return look(attempt, opening.id());
        });
    }

    /** Creates a document. It already exists if the reply was lost and the backend has retried. */
    private static Optional<String> create(Attempt attempt, String key, String text) {
        return attempt.put(key, text, null)
                .or(() -> attempt.get(key)
                        .filter(present -> present.content().equals(text))
                        .map(Document::version));
    }

    @Override
    public Optional<Renewal> renew(long session) {
        Attempt attempt = storage.attempt(budget);
        return calls.run(budget, () -> {
            if (write(attempt, session)) {
                return Optional.of(look(attempt, session));
            }
            own.remove(session);
            storage.sessions().forget(session);
            return Optional.empty();
        });
    }

    /**
     * Writes the document of a session, unless it is gone. No other client writes it, so a different version means that
     * the reply to an earlier write was lost. But if it has the content that it was created with, the document was
     * gone: the backend had repeated an unanswered creation request, and the repeated request arrived late.
     */
    private boolean write(Attempt attempt, long session) {
        String key = SessionDocument.key(session);
        Optional<Own> known = Optional.ofNullable(own.get(session)).or(() -> read(attempt, key));
        while (known.isPresent()) {
            SessionDocument renewed = known.get().document.renewedAt(storage.wallTime());
            String created = renewed.renewedAt(renewed.startedAt()).text();
            Optional<String> version = attempt.put(key, renewed.text(), known.get().version);
            if (version.isPresent()) {
                own.put(session, new Own(renewed, version.get()));
                return true;
            }
            known = attempt.get(key)
                    .filter(present -> !present.content().equals(created))
                    .map(present -> new Own(renewed, present.version()));
        }
        return false;
    }

    private static Optional<Own> read(Attempt attempt, String key) {
        return attempt.get(key)
                .map(present -> new Own(
                        Lines.parse(attempt.place(key), present.content(), SessionDocument::parse), present.version()));
    }

    private Renewal look(Attempt attempt, long session) {
        Map<String, String> listed = attempt.list("");
        Roster roster = storage.sessions().observe(attempt, listed);
        return new Renewal(
                Storage.inbox(listed),
                roster.neighbor(session),
                roster.isSmallest(session),
                storage.steadyTime(),
                storage.incarnation());
    }

    @Override
    public boolean awaitHint(long session, Duration atMost) throws InterruptedException {
        quiet.await(atMost);
        return false;
    }

    @Override
    public void close() {
        calls.end();
        quiet.end();
    }
}
