package io.github.dbleases;

import java.time.Instant;

/**
 * Who leads.
 *
 * @param client the client's name
 * @param session the client's session
 * @param token the fencing token of its election
 * @param since when it was elected, by the store's clock
 */
public record Leader(String client, long session, long token, Instant since) {}
