package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.NodeList;

/** The four processes share contracts and libraries, never one another's code. */
class ModulesStandAloneTest {

    @ParameterizedTest
    @CsvSource({
        "crds, ''",
        "contracts, ''",
        "audio, ''",
        "operator, crds contracts",
        "agent-runtime, contracts audio",
        "gateway, contracts audio",
        "inference, contracts audio",
    })
    void a_module_depends_on_nothing_but_what_its_place_allows(String module, String allowed) throws Exception {
        Set<String> mayUse = new TreeSet<>();
        for (String name : allowed.split(" ")) {
            mayUse.add("dialplane-" + name);
        }
        assertThat(mayUse).containsAll(projectDependencies(module));
    }

    private static Set<String> projectDependencies(String module) throws Exception {
        Path pom = Path.of("..", module, "pom.xml");
        try (var in = Files.newInputStream(pom)) {
            var document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
            NodeList artifacts = (NodeList) XPathFactory.newInstance()
                    .newXPath()
                    .evaluate(
                            "//dependency[groupId='dev.dialplane' or groupId='${project.groupId}']/artifactId",
                            document,
                            XPathConstants.NODESET);
            Set<String> names = new TreeSet<>();
            for (int i = 0; i < artifacts.getLength(); i++) {
                names.add(artifacts.item(i).getTextContent());
            }
            return names;
        }
    }
}
