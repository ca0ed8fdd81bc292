package io.github.dbleases.spring.leader;

import static io.github.dbleases.spring.leader.Applications.application;
import static io.github.dbleases.spring.leader.Applications.leadership;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dbleases.CurrentLeadership;
import io.github.dbleases.LeaderOnly;
import io.github.dbleases.LeaderOnly.Otherwise;
import io.github.dbleases.LeaseClient;
import io.github.dbleases.LeaseConflictException;
import io.github.dbleases.NotLeaderException;
import io.github.dbleases.spring.FakeLeadership;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.AliasFor;
import org.springframework.util.ClassUtils;

/** Which calls are guarded, and what becomes of them. */
@ExtendWith(OutputCaptureExtension.class)
class LeaderOnlyCallTests {

    @Test
    void aCallRunsWhileThisInstanceLeadsAndHoldsTheLeadershipMeanwhile() {
        application().withBean(Reports.class).run(context -> {
            FakeLeadership leadership = leadership(context, "reports");
            Reports reports = context.getBean(Reports.class);

            assertThat(reports.write(leadership)).isNull();
            leadership.elect(7);
            assertThat(reports.write(leadership)).isEqualTo("token 7, 1 hold");
            assertThat(leadership.holds()).isZero();
            leadership.oust();
            assertThat(reports.write(leadership)).isNull();
        });
    }

    @Test
    void anElectionThatIsRefusedAfterTheStartIsLoggedWithItsMethods(CapturedOutput output) {
        application()
                .withBean(Reports.class)
                .run(context -> leadership(context, "reports")
                        .fail(new LeaseConflictException("reports", "It exists as kind 'partitions'.", "Rename it.")));

        assertThat(output)
                .contains("ERROR")
                .contains("@LeaderOnly(\"reports\") on " + Reports.class.getName())
                .contains("that is the name of something else: It exists as kind 'partitions'.");
    }

    @Test
    void aCallThatFailsReleasesTheLeadership() {
        application().withBean(Reports.class).run(context -> {
            FakeLeadership leadership = leadership(context, "reports");
            leadership.elect(7);

            assertThatThrownBy(() -> context.getBean(Reports.class).fail()).hasMessage("a report that fails");
            assertThat(leadership.holds()).isZero();
            assertThat(CurrentLeadership.get()).isEmpty();
        });
    }

    @Test
    void aCallThatMustNotBeSkippedSilentlyThrows() {
        application().withBean(Strict.class).run(context -> {
            Strict strict = context.getBean(Strict.class);

            assertThatThrownBy(strict::count)
                    .isInstanceOf(NotLeaderException.class)
                    .hasMessageContaining("Strict.count()")
                    .hasMessageContaining("'strict'");
            leadership(context, "strict").elect(1);
            assertThat(strict.count()).isEqualTo(42);
        });
    }

    @Test
    void withoutANameTheElectionIsTheDefaultOne() {
        application().withBean(Unnamed.class).run(context -> {
            leadership(context, "default").elect(1);
            assertThat(context.getBean(Unnamed.class).run()).isEqualTo("ran");
        });
    }

    @Test
    void aNameMayHoldPlaceholders() {
        application()
                .withBean(Placeholder.class)
                .withPropertyValues("region=eu")
                .run(context -> {
                    leadership(context, "eu/reports-default").elect(1);
                    assertThat(context.getBean(Placeholder.class).run()).isEqualTo("ran");
                });
    }

    @Test
    void aMetaAnnotationSetsAttributes() {
        application().withBean(Composed.class).run(context -> {
            assertThatThrownBy(context.getBean(Composed.class)::run).isInstanceOf(NotLeaderException.class);
            leadership(context, "composed").elect(1);
            assertThat(context.getBean(Composed.class).run()).isEqualTo("ran");
        });
    }

    @Test
    void anAnnotatedClassMeansItsMethodsAndAMethodTakesPrecedence() {
        application().withBean(Annotated.class).run(context -> {
            Annotated bean = context.getBean(Annotated.class);
            assertThat(bean.open()).isNull();
            assertThat(bean.ofPackage()).isNull();
            assertThat(bean.ofFamily()).isNull();
            assertThat(bean.inherited()).isNull();
            assertThat(bean.equals(bean)).isTrue();

            leadership(context, "class").elect(1);
            assertThat(bean.open()).isEqualTo("ran");
            assertThat(bean.ofPackage()).isEqualTo("ran");
            assertThat(bean.ofFamily()).isEqualTo("ran");
            assertThat(bean.inherited()).isEqualTo("ran");
            assertThat(bean.other()).isNull();

            leadership(context, "method").elect(1);
            assertThat(bean.other()).isEqualTo("ran");
        });
    }

    @Test
    void theAnnotationIsInheritedFromASuperclassAndFromItsMethods() {
        application().withBean(Child.class).run(context -> {
            Child child = context.getBean(Child.class);
            assertThat(child.open()).isNull();
            assertThat(child.other()).isNull();

            leadership(context, "method").elect(1);
            assertThat(child.other()).isEqualTo("overridden");
            assertThat(child.open()).isNull();
        });
    }

    @Test
    void anAnnotatedInterfaceMeansTheMethodsThatItDeclares() {
        application().withBean(OfInterfaces.class).run(context -> {
            OfInterfaces bean = context.getBean(OfInterfaces.class);
            assertThat(bean.work()).isNull();
            assertThat(bean.workOfMethod()).isNull();
            assertThat(bean.unrelated()).isEqualTo("ran");

            leadership(context, "interface").elect(1);
            leadership(context, "interface-method").elect(1);
            assertThat(bean.work()).isEqualTo("ran");
            assertThat(bean.workOfMethod()).isEqualTo("ran");
        });
    }

    @Test
    void aBeanBehindAnInterfaceIsGuardedByAProxyOfTheInterface() {
        application()
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean("bean", Work.class, FinalWork::new)
                .run(context -> {
                    Work bean = context.getBean(Work.class);
                    assertThat(AopUtils.isJdkDynamicProxy(bean)).isTrue();
                    assertThat(bean.work()).isNull();

                    leadership(context, "interface").elect(1);
                    assertThat(bean.work()).isEqualTo("ran");
                });
    }

    @Test
    void aLambdaIsGuardedByWhatItsInterfaceSays() {
        application().withBean("bean", Work.class, () -> () -> "ran").run(context -> {
            assertThat(context.getBean(Work.class).work()).isNull();
            leadership(context, "interface").elect(1);
            assertThat(context.getBean(Work.class).work()).isEqualTo("ran");
        });
    }

    @Test
    void aMethodOfAPrototypeIsGuarded() {
        application()
                .withBean(Unnamed.class, Unnamed::new, definition -> definition.setScope("prototype"))
                .run(context -> {
                    assertThat(context.getBean(Unnamed.class).run()).isNull();
                    leadership(context, "default").elect(1);
                    assertThat(context.getBean(Unnamed.class).run()).isEqualTo("ran");
                });
    }

    @Test
    void aBeanThatAPostProcessorNeedsIsGuarded() {
        application().withBean(Unnamed.class).withBean(EagerPostProcessor.class).run(context -> {
            Unnamed early = context.getBean(EagerPostProcessor.class).needed;
            assertThat(early.run()).isNull();
            leadership(context, "default").elect(1);
            assertThat(early.run()).isEqualTo("ran");
        });
    }

    @Test
    void noBeanIsReportedToHaveMissedAPostProcessor(CapturedOutput output) {
        application()
                .withBean(Reports.class)
                .withBean(Unnamed.class)
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("not eligible for getting processed");
    }

    @Test
    void whatIsCalledWithinACallOfTheSameElectionBelongsToIt() {
        application().withBean(Nesting.class).run(context -> {
            FakeLeadership reports = leadership(context, "reports");
            FakeLeadership nesting = leadership(context, "nesting");
            reports.elect(7);
            nesting.elect(8);

            assertThat(context.getBean(Nesting.class).nest(nesting))
                    .containsExactly("nesting 8", "reports 7", "nesting 8, 1 hold", "nesting 8");
            assertThat(nesting.holds()).isZero();
        });
    }

    @Test
    void aCallOfAnObjectOfItselfIsNotIntercepted() {
        application()
                .withBean(Reports.class)
                .run(context -> assertThat(context.getBean(Reports.class).callItself(leadership(context, "reports")))
                        .startsWith("no token"));
    }

    @Test
    void allOfThisWorksWithoutAspectJ() {
        assertThat(ClassUtils.isPresent("org.aspectj.lang.JoinPoint", getClass().getClassLoader()))
                .isFalse();
    }

    @Test
    void theClientIsAskedForEachElectionOnce() {
        application()
                .withBean(Annotated.class)
                .withBean(Reports.class)
                .run(context -> assertThat(context.getBean(LeaseClient.class).leaderships())
                        .extracting("name")
                        .containsExactly("class", "method", "reports"));
    }

    static class Reports {

        @LeaderOnly("reports")
        String write(FakeLeadership leadership) {
            return CurrentLeadership.get()
                            .map(leading -> "token " + leading.token())
                            .orElse("no token") + ", " + leadership.holds() + " hold";
        }

        @LeaderOnly("reports")
        public void fail() {
            throw new IllegalStateException("a report that fails");
        }

        public String callItself(FakeLeadership leadership) {
            return write(leadership);
        }
    }

    static class Nesting {

        private final ObjectProvider<Nesting> self;

        Nesting(ObjectProvider<Nesting> self) {
            this.self = self;
        }

        @LeaderOnly("nesting")
        public List<String> nest(FakeLeadership leadership) {
            List<String> seen = new ArrayList<>(List.of(current()));
            self.getObject().inner(seen, leadership);
            seen.add(current());
            return seen;
        }

        @LeaderOnly("reports")
        public void inner(List<String> seen, FakeLeadership leadership) {
            seen.add(current());
            self.getObject().innermost(seen, leadership);
        }

        @LeaderOnly("nesting")
        public void innermost(List<String> seen, FakeLeadership leadership) {
            seen.add(current() + ", " + leadership.holds() + " hold");
        }

        private static String current() {
            return CurrentLeadership.get()
                    .map(leading -> leading.name() + " " + leading.token())
                    .orElse("none");
        }
    }

    static class Strict {

        @LeaderOnly(value = "strict", otherwise = Otherwise.THROW)
        public int count() {
            return 42;
        }
    }

    static class Unnamed {

        @LeaderOnly
        public String run() {
            return "ran";
        }
    }

    static class Placeholder {

        @LeaderOnly("${region}/${leader:reports-default}")
        public String run() {
            return "ran";
        }
    }

    @LeaderOnly(otherwise = Otherwise.THROW)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Once {

        @AliasFor(annotation = LeaderOnly.class, attribute = "value")
        String by();
    }

    static class Composed {

        @Once(by = "composed")
        public String run() {
            return "ran";
        }
    }

    static class Parent {

        public String inherited() {
            return "ran";
        }
    }

    @LeaderOnly("class")
    static class Annotated extends Parent {

        public String open() {
            return "ran" + hidden();
        }

        String ofPackage() {
            return "ran";
        }

        protected String ofFamily() {
            return "ran";
        }

        private String hidden() {
            return "";
        }

        boolean ofItself() {
            return true;
        }

        static String shared() {
            return "ran";
        }

        @LeaderOnly("method")
        public String other() {
            return "ran";
        }
    }

    static class Child extends Annotated {

        @Override
        public String other() {
            return "overridden";
        }
    }

    @LeaderOnly("interface")
    interface Work {

        String work();
    }

    interface AnnotatedMethodOfInterface {

        @LeaderOnly("interface-method")
        String workOfMethod();
    }

    static class OfInterfaces implements Work, AnnotatedMethodOfInterface {

        @Override
        public String work() {
            return "ran";
        }

        @Override
        public String workOfMethod() {
            return "ran";
        }

        public String unrelated() {
            return "ran";
        }
    }

    static final class FinalWork implements Work {

        @Override
        public String work() {
            return "ran";
        }
    }

    static class EagerPostProcessor implements BeanPostProcessor {

        private final Unnamed needed;

        EagerPostProcessor(Unnamed needed) {
            this.needed = needed;
        }
    }
}
