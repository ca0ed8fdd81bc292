/**
 * Which properties an application has set, and which of them there are. Binding ignores what it does not know, and behind
 * a misspelt property a default would silently be used.
 *
 * <p>What is set for this application alone, in its files or on its command line, has to be right: the start fails. What is
 * set for the whole process, in environment variables and system properties, may be meant for somebody else (Kubernetes
 * makes {@code DBLEASES_SERVICE_HOST} of a service named {@code dbleases}): it is warned of.
 */
@NullMarked
package io.github.dbleases.spring.properties;

import org.jspecify.annotations.NullMarked;
