/**
 * A {@link io.github.dbleases.spi.LeaseStore} on any storage that can compare and set: a
 * {@link io.github.dbleases.keyvalue.KeyValueBackend} has four operations, and everything else is implemented once.
 *
 * <pre>
 * session/4503599627370496   client, weight, ttl        rewritten by its client with each heartbeat
 * lease/orders               members, partitions        written by the client that changes it, unless it has changed
 * drained/4503599627370496   (only its existence)       written and deleted by any client, read by that session's
 * </pre>
 *
 * <p>There is no server clock, no lock and no transaction over two documents. These rules replace them:
 *
 * <ul>
 *   <li><b>A session is live while its document exists.</b> Its id is never used again, so a document that is gone never
 *       comes back: a renewal requires a version, which only an existing document has.
 *   <li><b>A session is marked dead if its document has not changed for T + E</b>, by the monotonic clock of the client that
 *       deletes it, counted from when it saw that version. It deletes only that version. The session's client sent its last
 *       renewal before the version was seen, and trusts it for T - M, so the trust ended at least E + M before the delete. A
 *       late renewal makes the delete fail, or fails itself.
 *   <li><b>A lease changes in one write</b>, on the condition that its document has not changed since it was read. Otherwise,
 *       the work is done again.
 *   <li><b>Leases are read before sessions.</b> A session that a lease names existed when the lease was written. If it is not
 *       found after that, it is dead. In the other order, a session that was opened in between would look dead.
 *   <li><b>Work on several leases can stop anywhere.</b> The leases are written in the order of their names, the ends of
 *       sessions last. Each lease is consistent, and the rest is done later, by the session's client or by the client that
 *       marks the session dead.
 * </ul>
 */
@NullMarked
package io.github.dbleases.keyvalue;

import org.jspecify.annotations.NullMarked;
