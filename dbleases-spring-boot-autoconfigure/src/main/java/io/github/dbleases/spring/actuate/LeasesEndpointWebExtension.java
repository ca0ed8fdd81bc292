package io.github.dbleases.spring.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.dbleases.OperationRefusedException;
import io.github.dbleases.OperationRefusedException.Reason;
import io.github.dbleases.StoreUnavailableException;
import io.github.dbleases.spring.actuate.LeasesEndpoint.InstanceOperation;
import io.github.dbleases.spring.actuate.LeasesEndpoint.LeaseOperation;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.util.MimeType;

/** Answers write operations over HTTP, with the status and the problem details of what is refused. */
@EndpointWebExtension(endpoint = LeasesEndpoint.class)
public class LeasesEndpointWebExtension {

    private static final MimeType PROBLEM = MimeType.valueOf("application/problem+json");
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNAVAILABLE = 503;

    private final LeasesEndpoint endpoint;

    public LeasesEndpointWebExtension(LeasesEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Moves a partition or a leadership, balances or removes a lease, or makes a leader resign.
     *
     * @see LeasesEndpoint#change
     */
    @WriteOperation
    public WebEndpointResponse<Object> change(
            LeaseOperation operation,
            @Nullable Integer partition,
            @Nullable String instance,
            @Nullable Boolean dryRun,
            SecurityContext security,
            @Selector(match = Match.ALL_REMAINING) String... name) {
        return answer(() -> endpoint.change(operation, partition, instance, dryRun, security, name));
    }

    /**
     * Drains or resumes an instance.
     *
     * @see LeasesEndpoint#changeInstance
     */
    @WriteOperation
    public WebEndpointResponse<Object> changeInstance(
            InstanceOperation operation, String instance, @Nullable Boolean dryRun, SecurityContext security) {
        return answer(() -> endpoint.changeInstance(operation, instance, dryRun, security));
    }

    private static WebEndpointResponse<Object> answer(Supplier<OperationDescriptor> operation) {
        try {
            return new WebEndpointResponse<>(operation.get());
        } catch (OperationRefusedException refused) {
            boolean missing = refused.reason() == Reason.NOT_FOUND;
            return problem(missing ? NOT_FOUND : CONFLICT, missing ? "Not Found" : "Conflict", refused);
        } catch (StoreUnavailableException unanswered) {
            return problem(UNAVAILABLE, "Service Unavailable", unanswered);
        }
    }

    private static WebEndpointResponse<Object> problem(int status, String title, RuntimeException cause) {
        return new WebEndpointResponse<>(
                new Problem("about:blank", title, status, Objects.toString(cause.getMessage())), status, PROBLEM);
    }

    /** Problem details, see RFC 9457. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Problem(String type, String title, int status, String detail) {}
}
