/** What is said of settings that do not go with the chosen store. */
@NullMarked
package io.github.dbleases.spring.store;

import org.jspecify.annotations.NullMarked;
