/** What an application uses: leases on partitions, leadership, tasks. */
@NullMarked
package io.github.dbleases;

import org.jspecify.annotations.NullMarked;
