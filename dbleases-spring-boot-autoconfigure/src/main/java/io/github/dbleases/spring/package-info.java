/** The types that an application with Spring uses. All packages below are internal, except for their auto-configurations. */
@NullMarked
package io.github.dbleases.spring;

import org.jspecify.annotations.NullMarked;
