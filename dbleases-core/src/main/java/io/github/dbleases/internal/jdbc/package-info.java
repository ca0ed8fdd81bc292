/** What the packages that talk to a database share: identifiers, SQL with named places, SQLSTATEs. It knows no other package. */
@NullMarked
package io.github.dbleases.internal.jdbc;

import org.jspecify.annotations.NullMarked;
