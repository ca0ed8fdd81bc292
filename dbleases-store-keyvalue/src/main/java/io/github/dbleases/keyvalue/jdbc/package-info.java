/**
 * Keeps documents in one table of any database that has a JDBC driver.
 *
 * <p>A row contains the hash of the key, the key, the content and the version of a document. The table works the same
 * in every database. Its primary key is a hash in lower-case hexadecimal digits, so a collation that ignores case never
 * confuses two keys. The content is ASCII, so the character set doesn't matter. A version is a random number, so it
 * never recurs and needs no sequence. Each operation is one statement in its own transaction.
 */
@NullMarked
package io.github.dbleases.keyvalue.jdbc;

import org.jspecify.annotations.NullMarked;
