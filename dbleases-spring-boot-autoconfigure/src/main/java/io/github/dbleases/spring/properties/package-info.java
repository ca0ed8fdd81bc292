/**
 * Which properties an application has set, and which exist. Binding ignores what it does not know, and a default would
 * silently stand in for a misspelled property.
 *
 * <p>What is set for this application alone, in its files or on its command line, has to be right: the start fails. What is
 * set for the whole process, in environment variables and system properties, may be meant for something else (Kubernetes
 * makes {@code DBLEASES_SERVICE_HOST} for a service named {@code dbleases}): it causes a warning.
 *
 * <p>The package is internal.
 */
@NullMarked
package io.github.dbleases.spring.properties;

import org.jspecify.annotations.NullMarked;
