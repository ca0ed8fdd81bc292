/**
 * Runs methods with {@link io.github.dbleases.LeaderOnly} in the leader only.
 *
 * <pre>
 *   caller -> LeaderOnlyInterceptor -> @Async, @Retryable, @Transactional, ... -> method
 * </pre>
 *
 * {@link io.github.dbleases.spring.leader.LeaderOnlyPostProcessor} finds the methods when their bean is made, refuses
 * those that could not be kept to the leader, and gives each an interceptor of its own, before all other advice.
 * {@link io.github.dbleases.spring.leader.Candidacies} takes part in the elections that were found: from the start of the
 * context, before anything is scheduled, until it is closed.
 */
@NullMarked
package io.github.dbleases.spring.leader;

import org.jspecify.annotations.NullMarked;
