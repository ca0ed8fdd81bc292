/** Auto-configurations that wire dbleases into a Spring Boot application. */
@NullMarked
package io.github.dbleases.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
