package io.github.dbleases.test.spring;

import io.github.dbleases.test.FakeLeaseClient;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/** Resets the client before each method of a test with {@link AutoConfigureTestLeases}. */
final class ResetTestLeasesListener implements TestExecutionListener {

    @Override
    public void beforeTestMethod(TestContext test) {
        if (test.hasApplicationContext()) {
            ApplicationContext context = test.getApplicationContext();
            if (context.containsBean(TestLeasesContextCustomizerFactory.BEAN)) {
                context.getBean(TestLeasesContextCustomizerFactory.BEAN, FakeLeaseClient.class)
                        .reset();
            }
        }
    }
}
