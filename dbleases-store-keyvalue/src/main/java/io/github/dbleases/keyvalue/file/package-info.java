/** Documents in a directory of files, for processes on one machine or on a shared file system. */
@NullMarked
package io.github.dbleases.keyvalue.file;

import org.jspecify.annotations.NullMarked;
