/** Keeps documents in a directory, for processes on one machine or on a shared file system. */
@NullMarked
package io.github.dbleases.keyvalue.file;

import org.jspecify.annotations.NullMarked;
