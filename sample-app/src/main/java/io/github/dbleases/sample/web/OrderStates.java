package io.github.dbleases.sample.web;

import io.github.dbleases.sample.orders.BalanceCheck;
import io.github.dbleases.sample.orders.Progress;
import io.github.dbleases.sample.orders.ProgressReport;
import io.github.dbleases.sample.orders.Verdict;
import io.github.dbleases.sample.web.State.Orders;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the progress of the work on the orders, and whether the balances are right. */
@Component
class OrderStates {

    private final ProgressReport report;
    private final BalanceCheck check;

    OrderStates(ProgressReport report, BalanceCheck check) {
        this.report = report;
        this.check = check;
    }

    Progress progress() {
        return report.read();
    }

    Orders read(Progress progress) {
        return new Orders(progress.imported(), progress.total(), progress.done(), rate(progress));
    }

    @Nullable
    Verdict verdict() {
        return check.latest().orElse(null);
    }

    private static double rate(Progress progress) {
        return progress.byInstance().values().stream()
                .mapToDouble(Progress.Share::perSecond)
                .sum();
    }
}
