/**
 * A {@link io.github.dbleases.spi.LeaseStore} on any storage that can compare and set: a
 * {@link io.github.dbleases.keyvalue.KeyValueBackend} gives four verbs, everything else is written once.
 *
 * <pre>
 * session/4503599627370496   client, weight, ttl        written anew by its client at each heartbeat
 * lease/orders               members, partitions        written by whoever changes it, if nobody else has
 * </pre>
 *
 * <p>There is no clock of a server, no lock and no transaction over two documents. What takes their place:
 *
 * <ul>
 *   <li><b>A session is live while its document exists.</b> Its id is never used again, so a document that is gone never
 *       comes back: a renewal asks for a version, which only an existing document has.
 *   <li><b>A session dies when its document has not changed for T + E</b> by the monotonic clock of whoever deletes it,
 *       counted from when that version was seen, and only that version is deleted. The client sent its last renewal before
 *       the version was seen, and trusts it for T - M from then on: when the document is deleted, the trust has been over
 *       for E + M. A renewal that was late makes the delete fail, or fails itself.
 *   <li><b>A lease changes in one write</b>, on the condition that its document is still as it was read; else the work is
 *       done again.
 *   <li><b>Leases are read before sessions.</b> A session that a lease names existed when the lease was written. If it is
 *       looked for after that and not found, it is over. The other way round, one that was opened in between would be taken
 *       for dead.
 *   <li><b>Works on several leases end anywhere.</b> The documents are written in the order of names, the ends of sessions
 *       last. Each lease is right by itself, and what is not written the session's own client, or whoever finds it dead,
 *       does later.
 * </ul>
 */
@NullMarked
package io.github.dbleases.keyvalue;

import org.jspecify.annotations.NullMarked;
