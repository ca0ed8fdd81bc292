package io.github.dbleases.sample.web;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns exceptions into helpful answers. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final String ORDER =
            "An order must be JSON such as {\"customer\": \"C-0042\", \"amount\": 1250}, where the amount is a whole number of cents.";

    private static final String END = "The body must be JSON: {\"how\": \"GRACEFUL\"} or {\"how\": \"KILL\"}.";

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        boolean order = request.getDescription(false).contains("/orders");
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, order ? ORDER : END);
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    @ExceptionHandler({DataAccessResourceFailureException.class, CannotCreateTransactionException.class})
    ProblemDetail databaseAway() {
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "The database doesn't answer. Try again in a moment.");
    }
}
