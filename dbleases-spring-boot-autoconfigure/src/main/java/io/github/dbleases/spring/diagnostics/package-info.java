/** What is printed when an application cannot start: what is wrong and how to put it right. */
@NullMarked
package io.github.dbleases.spring.diagnostics;

import org.jspecify.annotations.NullMarked;
