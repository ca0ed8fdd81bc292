package io.github.dbleases.keyvalue.gcs;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The faults between a request and its reply. */
enum Fault {
    NONE,

    /** Something else happens before the request is processed. */
    INTERLUDE,

    /** The connection breaks before the request arrives. */
    REQUEST_LOST,

    /** The connection breaks after the request has taken effect. */
    REPLY_LOST,

    /** There is no reply until the test ends, and the request has no effect. */
    SILENCE,

    /** There is no reply until the test ends, but the request takes effect. */
    SILENCE_AFTER_EFFECT,

    /** The service cannot answer. */
    UNAVAILABLE(503, "backendError"),

    /** The service cannot answer after the request has taken effect. */
    UNAVAILABLE_AFTER_EFFECT(503, "backendError"),

    /** An object is written too often. */
    TOO_MANY_REQUESTS(429, "rateLimitExceeded"),

    /** A quota is used up, as some parts of the service report it. */
    RATE_LIMIT(403, "rateLimitExceeded"),

    FORBIDDEN(403, "forbidden"),

    UNAUTHORIZED(401, "required"),

    INVALID(400, "invalid");

    private final int status;
    private final String reason;

    Fault() {
        this(0, "");
    }

    Fault(int status, String reason) {
        this.status = status;
        this.reason = reason;
    }

    /** Returns whether the request continues and takes effect. */
    boolean beforeEffect(Runnable wait) {
        if (this == SILENCE) {
            wait.run();
        }
        return keepsReply() || this == REPLY_LOST || this == SILENCE_AFTER_EFFECT || this == UNAVAILABLE_AFTER_EFFECT;
    }

    void afterEffect(Runnable wait) {
        if (this == SILENCE_AFTER_EFFECT) {
            wait.run();
        }
    }

    boolean keepsReply() {
        return this == NONE || this == INTERLUDE;
    }

    /** Replies with an error, or closes the connection. */
    void reply(HttpExchange exchange) throws IOException {
        if (status != 0) {
            byte[] body = error(status, reason, "Sent by the test: " + this)
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    static JsonObject error(int status, String reason, String message) {
        JsonObject detail = new JsonObject();
        detail.addProperty("domain", "global");
        detail.addProperty("reason", reason);
        detail.addProperty("message", message);
        JsonArray details = new JsonArray();
        details.add(detail);
        JsonObject error = new JsonObject();
        error.addProperty("code", status);
        error.addProperty("message", message);
        error.add("errors", details);
        JsonObject body = new JsonObject();
        body.add("error", error);
        return body;
    }
}
