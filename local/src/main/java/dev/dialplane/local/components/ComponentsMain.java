package dev.dialplane.local.components;

import dev.dialplane.local.progress.Progress;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds or builds sets of programs and prints the directory of each on standard output; what is going on goes to
 * standard error. It runs from source, before the Maven build:
 * {@code java local/src/main/java/dev/dialplane/local/components/ComponentsMain.java kubernetes buf helm keda}.
 */
public final class ComponentsMain {
    private static final String KNOWN = "kubernetes, kubernetes-oldest, node, buf, helm and keda";

    private ComponentsMain() {}

    /** Exits with 0, or with 1 and a message when something can't be had, or with 2 for a wrong argument. */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            exit(2, "Say what to find: any of " + KNOWN + ".");
        }
        List<ComponentSet> sets = new ArrayList<>();
        for (String argument : arguments) {
            switch (argument) {
                case "kubernetes" -> sets.add(ComponentSet.KUBERNETES);
                case "kubernetes-oldest" -> sets.add(ComponentSet.KUBERNETES_OLDEST);
                case "node" -> sets.add(ComponentSet.NODE);
                case "buf" -> sets.add(ComponentSet.BUF);
                case "helm" -> sets.add(ComponentSet.HELM);
                case "keda" -> sets.add(ComponentSet.KEDA);
                default -> exit(2, "'" + argument + "' is not known; there are " + KNOWN + ".");
            }
        }
        try {
            ComponentFinder finder = ComponentFinder.ofThisMachine(Progress.to(System.err));
            for (ComponentSet set : sets) {
                System.out.println(finder.find(set));
            }
        } catch (ComponentsMissingException e) {
            exit(1, String.valueOf(e.getMessage()));
        }
    }

    private static void exit(int code, String message) {
        System.err.println(message);
        System.exit(code);
    }
}
