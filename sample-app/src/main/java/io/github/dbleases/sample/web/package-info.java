/** The page, what it shows as JSON, and the orders as a resource. */
@NullMarked
package io.github.dbleases.sample.web;

import org.jspecify.annotations.NullMarked;
