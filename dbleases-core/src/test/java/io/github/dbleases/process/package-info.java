/** Real faults on real processes: kill -9, SIGSTOP, a cut network, a restarted database. */
package io.github.dbleases.process;
