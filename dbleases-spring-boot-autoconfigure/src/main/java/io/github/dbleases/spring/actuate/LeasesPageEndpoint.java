package io.github.dbleases.spring.actuate;

import io.github.dbleases.spring.actuate.LeasesEndpoint.InstanceOperation;
import io.github.dbleases.spring.actuate.LeasesEndpoint.LeaseOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.util.MimeType;

/**
 * A page for people. It has no data of its own: the browser reads the endpoint {@code leases} and sends its write operations
 * there, with the rights of its user.
 *
 * <p>It is an endpoint so that it follows the port, the paths, the exposure and the security of the actuator. Its answers
 * can't have headers, so the page itself contains its content security policy.
 */
@WebEndpoint(id = "leasespage", defaultAccess = Access.READ_ONLY)
final class LeasesPageEndpoint {

    private static final EndpointId PAGE = EndpointId.of("leasespage");
    private static final EndpointId LEASES = EndpointId.of("leases");

    private static final MimeType HTML = MimeType.valueOf("text/html;charset=UTF-8");
    private static final Map<String, MimeType> TYPES = Map.of(
            "css", MimeType.valueOf("text/css;charset=UTF-8"),
            "js", MimeType.valueOf("text/javascript;charset=UTF-8"),
            "svg", MimeType.valueOf("image/svg+xml"));

    /** Has neither a slash nor a second dot, so it names a file next to the page and nothing else. */
    private static final Pattern FILE = Pattern.compile("[a-z]+\\.(css|js|svg)");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

    private final Supplier<PathMappedEndpoints> paths;
    private final EndpointAccessResolver access;
    private final String application;

    /**
     * Creates the page.
     *
     * @param paths where the endpoints are; read when the page is sent, because it contains this endpoint
     * @param access what may be done with the endpoint {@code leases}
     * @param application the name of the application, which can be empty
     */
    LeasesPageEndpoint(Supplier<PathMappedEndpoints> paths, EndpointAccessResolver access, String application) {
        this.paths = paths;
        this.access = access;
        this.application = application;
    }

    @ReadOperation(produces = "text/html")
    WebEndpointResponse<Resource> page() {
        String[] path = rootPath(PAGE).split("/", -1);
        Map<String, String> values = Map.of(
                // Relative to the page's address, because there may be a proxy in front of the application.
                "base",
                "./" + path[path.length - 1] + "/",
                "leases",
                "../".repeat(path.length) + rootPath(LEASES),
                "operations",
                operations(),
                "application",
                application);
        String page = PLACEHOLDER
                .matcher(read("index.html"))
                .replaceAll(placeholder ->
                        Matcher.quoteReplacement(escape(Objects.requireNonNull(values.get(placeholder.group(1))))));
        return new WebEndpointResponse<>(new ByteArrayResource(page.getBytes(StandardCharsets.UTF_8)), HTML);
    }

    /** Returns a style sheet, a script or the icon, or null if there is none of that name. */
    @ReadOperation(produces = {"text/css", "text/javascript", "image/svg+xml"})
    @Nullable
    WebEndpointResponse<Resource> file(@Selector String file) {
        Matcher name = FILE.matcher(file);
        if (!name.matches()) {
            return null;
        }
        Resource resource = resource(file);
        return resource.exists()
                ? new WebEndpointResponse<>(resource, Objects.requireNonNull(TYPES.get(name.group(1))))
                : null;
    }

    private String rootPath(EndpointId id) {
        return Objects.requireNonNull(paths.get().getRootPath(id), () -> id + " has no path");
    }

    /** Returns the write operations that the page may offer, separated by blanks. */
    private String operations() {
        return access.accessFor(LEASES, Access.READ_ONLY) == Access.UNRESTRICTED
                ? Stream.<Enum<?>>concat(Stream.of(LeaseOperation.values()), Stream.of(InstanceOperation.values()))
                        .map(operation -> operation.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" "))
                : "";
    }

    private static String read(String file) {
        try {
            return resource(file).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Resource resource(String file) {
        return new ClassPathResource("page/" + file, LeasesPageEndpoint.class);
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
