/** The API for applications: leases on partitions, leader election and task runners. */
@NullMarked
package io.github.dbleases;

import org.jspecify.annotations.NullMarked;
