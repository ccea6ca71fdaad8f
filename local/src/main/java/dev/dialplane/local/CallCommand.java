package dev.dialplane.local;

import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.LiveView;
import dev.dialplane.local.caller.TestCaller;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.install.ReachedGateway;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Places one call at a pool of whatever cluster kubectl would talk to. */
@Command(name = "call", mixinStandardHelpOptions = true, description = "Places a call at a pool of a cluster.")
final class CallCommand implements Callable<Integer> {
    @Parameters(paramLabel = "POOL", description = "The pool that is called.")
    String pool = "";

    @Option(
            names = {"-n", "--namespace"},
            description = "The pool's namespace; by default the context's.")
    @Nullable
    String namespace;

    @Option(names = "--context", description = "The kubeconfig's context; by default the current one.")
    @Nullable
    String context;

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "By default as kubectl finds it.")
    @Nullable
    Path kubeconfig;

    @Option(
            names = "--system",
            paramLabel = "NAMESPACE",
            defaultValue = "dialplane-system",
            description = "Where Dialplane is installed; by default ${DEFAULT-VALUE}.")
    String system = "";

    @Option(names = "--wav", paramLabel = "FILE.wav", description = "The caller's side: a recording.")
    @Nullable
    Path wav;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Where call.wav and call.json go; by default here.")
    Path out = Path.of(".");

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (wav != null && !Files.isReadable(wav)) {
            throw new ParameterException(
                    java.util.Objects.requireNonNull(spec).commandLine(), "--wav " + wav + " can't be read");
        }
        CallerScript script = wav == null ? CallerScript.receptionist() : CallerScript.read(wav);
        Config config = config();
        String in = Optional.ofNullable(namespace)
                .or(() -> Optional.ofNullable(config.getNamespace()))
                .orElse("default");
        try (KubernetesClient client =
                        new KubernetesClientBuilder().withConfig(config).build();
                ReachedGateway gateway = ReachedGateway.find(client, system, in, pool);
                TestCaller caller = new TestCaller(null)) {
            CallResult result = caller.place(
                    CallRequest.to(pool, gateway.number(), script), new LiveView(System.out::println, false));
            result.write(out);
            System.out.println(
                    result.answered()
                            ? "Listen to " + out.resolve("call.wav") + ": the caller is left, the agent right."
                            : "The call was not answered: "
                                    + result.failure().orElse(result.report().cause()));
            return result.answered() ? 0 : 1;
        }
    }

    private Config config() throws IOException {
        return kubeconfig == null
                ? Config.autoConfigure(context)
                : Config.fromKubeconfig(context, Files.readString(kubeconfig), kubeconfig.toString());
    }
}
