/**
 * Documents in one table of any database that has a JDBC driver.
 *
 * <p>A row has the hash of its key, the key, the content and the version of a document. Nothing of it depends on the
 * database: the primary key is a hash in lower-case hexadecimal digits, so a collation that ignores case cannot take two
 * keys for one; content is written in ASCII, whatever the character set; a version is a random number, so none ever comes
 * back and no sequence is needed. Each verb is one statement in a transaction of its own.
 */
@NullMarked
package io.github.dbleases.keyvalue.jdbc;

import org.jspecify.annotations.NullMarked;
