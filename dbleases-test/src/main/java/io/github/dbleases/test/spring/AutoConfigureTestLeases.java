package io.github.dbleases.test.spring;

import io.github.dbleases.test.FakeLeaseClient;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives the application of a Spring test leases that the test controls. A {@link FakeLeaseClient} becomes its
 * {@code LeaseClient}: it needs no database, and the {@code Lease} beans and the methods with {@code @LeaderOnly} do what it
 * says.
 *
 * <pre>{@code
 * @SpringBootTest
 * @AutoConfigureTestLeases
 * class OrderWorkerTests {
 *
 *     @Autowired
 *     FakeLeaseClient leases;
 *
 *     @Test
 *     void aPartitionOfAnotherInstanceIsLeftAlone() {
 *         leases.revoke("orders", 3);
 *         ...
 *     }
 * }
 * }</pre>
 *
 * <p>Before each test method the client is {@linkplain FakeLeaseClient#reset() reset}, so that the tests may share an
 * application context. Task runners work on tables in PostgreSQL and are switched off, unless the test sets
 * {@code dbleases.tasks.enabled}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface AutoConfigureTestLeases {

    /**
     * Whether the application owns every partition and leads in every election when a test begins, as an instance does that
     * is alone. If not, another instance does, until the test grants or elects.
     */
    boolean ownsEverything() default true;
}
