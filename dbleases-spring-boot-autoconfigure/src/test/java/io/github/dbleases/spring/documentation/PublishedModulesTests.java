package io.github.dbleases.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The poms have what Maven Central asks for, and the BOM has every module that is published. */
class PublishedModulesTests {

    private static final Path ROOT = root();
    private static final Element PARENT = pom(ROOT);
    private static final Element BOM = pom(ROOT.resolve("dbleases-bom"));

    @Test
    void theParentAndTheBomHaveWhatMavenCentralAsksFor() {
        for (Element pom : List.of(PARENT, BOM)) {
            for (String path : List.of(
                    "groupId",
                    "artifactId",
                    "version",
                    "name",
                    "description",
                    "url",
                    "licenses/license/name",
                    "licenses/license/url",
                    "developers/developer/name",
                    "developers/developer/organization",
                    "scm/connection",
                    "scm/developerConnection",
                    "scm/url")) {
                assertThat(text(pom, path))
                        .as("%s of %s", path, text(pom, "artifactId"))
                        .isPresent();
            }
        }
        assertThat(text(BOM, "version")).isEqualTo(text(PARENT, "version"));
    }

    /** What has a parent imports its versions too, which would replace those of the application. */
    @Test
    void theBomHasNoParent() {
        assertThat(child(BOM, "parent")).isEmpty();
    }

    @Test
    void theBomHasEveryModuleThatIsPublished() {
        List<String> published = jars().filter(pom -> !isInternal(pom))
                .map(pom -> text(pom, "artifactId").orElseThrow())
                .toList();

        assertThat(published).contains("dbleases-core", "dbleases-spring-boot-starter", "dbleases-test");
        assertThat(children(child(BOM, "dependencyManagement")
                        .flatMap(m -> child(m, "dependencies"))
                        .orElseThrow()))
                .extracting(dependency -> text(dependency, "artifactId").orElseThrow())
                .containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void everyModuleHasANameADescriptionAndAModuleNameOfItsOwn() {
        assertThat(jars())
                .allSatisfy(pom -> {
                    assertThat(text(pom, "name")).isPresent();
                    assertThat(text(pom, "description")).isPresent();
                })
                .extracting(pom -> text(pom, "properties/automatic.module.name").orElse(""))
                .allMatch(name -> name.startsWith("io.github.dbleases"))
                .doesNotHaveDuplicates();
    }

    private static Stream<Element> jars() {
        return children(child(PARENT, "modules").orElseThrow()).stream()
                .map(module -> pom(ROOT.resolve(module.getTextContent())))
                .filter(pom -> !text(pom, "packaging").equals(Optional.of("pom")));
    }

    private static boolean isInternal(Element pom) {
        return text(pom, "properties/maven.deploy.skip").isPresent();
    }

    private static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("dbleases-bom"))) {
            root = root.getParent();
        }
        return root;
    }

    private static Element pom(Path module) {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(module.resolve("pom.xml").toFile())
                    .getDocumentElement();
        } catch (Exception e) {
            throw new IllegalStateException("Cannot read the pom of " + module, e);
        }
    }

    private static Optional<String> text(Element element, String path) {
        Optional<Element> found = Optional.of(element);
        for (String name : path.split("/")) {
            found = found.flatMap(parent -> child(parent, name));
        }
        return found.map(Element::getTextContent).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Optional<Element> child(Element parent, String name) {
        return children(parent).stream()
                .filter(child -> child.getNodeName().equals(name))
                .findFirst();
    }

    private static List<Element> children(Element parent) {
        return IntStream.range(0, parent.getChildNodes().getLength())
                .mapToObj(parent.getChildNodes()::item)
                .filter(node -> node.getNodeType() == Node.ELEMENT_NODE)
                .map(Element.class::cast)
                .toList();
    }
}
