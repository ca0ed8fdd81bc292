/** What an application that uses dbleases with Spring types itself. */
@NullMarked
package io.github.dbleases.spring;

import org.jspecify.annotations.NullMarked;
