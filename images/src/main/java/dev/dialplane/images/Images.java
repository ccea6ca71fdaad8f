package dev.dialplane.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lays the images out in directories as they will be in containers: the Java runtime in {@code /opt/java}, the process in
 * {@code /app}, local models in {@code /models}.
 */
final class Images {
    private static final String JAVA = "/opt/java";
    private static final String APP = "/app";
    private static final String MODELS = "/models";
    private static final String AGENT = "agent-runtime";

    private final Path checkout;
    private final Path javaHome;
    private final Path work;

    /**
     * Prepares to lay out.
     *
     * @param checkout the repository, built
     * @param javaHome the JDK whose runtime the images carry
     * @param work where the directories go; what is there is replaced
     */
    Images(Path checkout, Path javaHome, Path work) {
        this.checkout = checkout;
        this.javaHome = javaHome;
        this.work = work;
    }

    /** The image of an agent, with a cache trained on a call. */
    ImageSpec agent() throws IOException {
        Path root = work.resolve(AGENT);
        Path app = built(AGENT, "target/app");
        List<Layer> layers = base(root, SystemLibraries.JVM, JavaRuntime.AGENT);
        layers.add(libraries(root, app.resolve("lib")));
        Path process = root.resolve("process");
        Staging.copyFile(app.resolve("agent-runtime.jar"), process.resolve("agent-runtime.jar"));
        Staging.copyFile(app.resolve("agent.flags"), process.resolve("agent.flags"));
        layers.add(new Layer("process", process, APP));
        Path cache = root.resolve("cache");
        AgentTraining.train(root, cache.resolve("agent-runtime.aot"));
        layers.add(new Layer("cache", cache, APP));
        return new ImageSpec(
                AGENT,
                "Dialplane agent: the mind of one call",
                List.of(
                        JAVA + "/bin/java",
                        "@" + APP + "/agent.flags",
                        "-XX:AOTCache=" + APP + "/agent-runtime.aot",
                        "-jar",
                        APP + "/agent-runtime.jar"),
                Map.of("MALLOC_ARENA_MAX", "1"),
                Set.of(7070),
                layers);
    }

    /** The image of the operator. */
    ImageSpec operator() throws IOException {
        return server("operator", "Dialplane operator: pools and sessions", SystemLibraries.JVM, Set.of(7090, 8082));
    }

    /** The image of a gateway. */
    ImageSpec gateway() throws IOException {
        return server("gateway", "Dialplane gateway: the wire to carriers", SystemLibraries.JVM, Set.of(8080));
    }

    /** The image of inference, without local models. */
    ImageSpec inference() throws IOException {
        List<String> libraries = new ArrayList<>(SystemLibraries.JVM);
        libraries.addAll(SystemLibraries.NATIVE_MODELS);
        return server("inference", "Dialplane inference: models behind one contract", libraries, Set.of(7080, 8081));
    }

    /**
     * The image of inference with local models in layers of their own, under the others: they change least.
     *
     * @param inference the image without
     * @param models what {@code inference/models/fetch} fetched
     */
    ImageSpec withModels(ImageSpec inference, Path models) throws IOException {
        if (!Files.isDirectory(models)) {
            throw new IOException(models + " is not there; get the models with inference/models/fetch");
        }
        List<Layer> layers = new ArrayList<>();
        try (var names = Files.list(models)) {
            for (Path model : names.filter(Files::isDirectory).sorted().toList()) {
                layers.add(new Layer("model " + model.getFileName(), model, MODELS + "/" + model.getFileName()));
            }
        }
        Path needed = work.resolve("needed-by-models");
        SystemLibraries.copyNeededBy(models, needed);
        if (Files.isDirectory(needed)) {
            layers.add(new Layer("libraries that models need", needed, "/"));
        }
        layers.addAll(inference.layers());
        Map<String, String> environment = new java.util.HashMap<>(inference.environment());
        environment.put("DIALPLANE_MODELS", MODELS);
        return new ImageSpec(
                "inference-local",
                inference.title() + ", local ones included",
                inference.entrypoint(),
                environment,
                inference.ports(),
                layers);
    }

    private ImageSpec server(String module, String title, List<String> libraries, Set<Integer> ports)
            throws IOException {
        Path root = work.resolve(module);
        Path target = built(module, "target");
        List<Layer> layers = base(root, libraries, JavaRuntime.SERVER);
        layers.add(libraries(root, target.resolve("lib")));
        Path process = root.resolve("process");
        Staging.copyFile(built(module, "target/" + module + "-runner.jar"), process.resolve(module + "-runner.jar"));
        Staging.copyFile(built(module, "src/main/jvm/" + module + ".flags"), process.resolve(module + ".flags"));
        layers.add(new Layer("process", process, APP));
        Path cache = root.resolve("cache");
        ServerTraining.train(root, module, cache.resolve(module + ".aot"));
        layers.add(new Layer("cache", cache, APP));
        return new ImageSpec(
                module,
                title,
                List.of(
                        JAVA + "/bin/java",
                        "@" + APP + "/" + module + ".flags",
                        "-XX:AOTCache=" + APP + "/" + module + ".aot",
                        "-jar",
                        APP + "/" + module + "-runner.jar"),
                Map.of("MALLOC_ARENA_MAX", "2"),
                ports,
                layers);
    }

    /** The system's libraries and a Java runtime, in a root that is new. */
    private List<Layer> base(Path root, List<String> libraries, List<String> modules) throws IOException {
        Staging.delete(root);
        Path system = root.resolve("system");
        SystemLibraries.copy(libraries, system);
        Path java = root.resolve("java");
        JavaRuntime.link(javaHome, modules, java);
        return new ArrayList<>(List.of(new Layer("system", system, "/"), new Layer("java", java, JAVA)));
    }

    /** Third parties' jars apart from the process itself: the one changes with every commit, the others seldom. */
    private Layer libraries(Path root, Path from) throws IOException {
        Path libraries = root.resolve("libraries");
        Staging.copyTree(from, libraries, path -> path.toString().endsWith(".jar"));
        return new Layer("libraries", libraries, APP + "/lib");
    }

    private Path built(String module, String path) throws IOException {
        Path file = checkout.resolve(module).resolve(path);
        if (!Files.exists(file)) {
            throw new IOException(file + " is not there: build first, with './mvnw package -DskipTests'");
        }
        return file;
    }
}
