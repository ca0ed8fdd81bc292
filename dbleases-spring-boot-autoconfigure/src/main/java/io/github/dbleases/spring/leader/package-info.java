/**
 * Runs methods with {@link io.github.dbleases.LeaderOnly} only in the leader.
 *
 * <pre>
 *   caller -> LeaderOnlyInterceptor -> @Async, @Retryable, @Transactional, ... -> method
 * </pre>
 *
 * {@link io.github.dbleases.spring.leader.LeaderOnlyPostProcessor} finds the methods when their bean is created, refuses
 * those that cannot be guarded, and gives each its own interceptor, before all other advice.
 * {@link io.github.dbleases.spring.leader.Candidacies} takes part in their elections: from the start of the context, before
 * anything is scheduled, until it is closed. Only the auto-configuration is public.
 */
@NullMarked
package io.github.dbleases.spring.leader;

import org.jspecify.annotations.NullMarked;
