package dev.dialplane.local.node;

import java.util.Map;

/** The {@code $(NAME)} references of Kubernetes in arguments and variables. */
final class VariableExpansion {
    private VariableExpansion() {}

    /**
     * Replaces {@code $(NAME)} by the variable's value, leaves it as it is if there is no such variable, and turns
     * {@code $$} into {@code $}.
     *
     * @see <a href="https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/">
     *     dependent environment variables</a>
     */
    static String expand(String text, Map<String, String> variables) {
        StringBuilder result = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '$' || i + 1 == text.length()) {
                result.append(c);
                i++;
                continue;
            }
            char next = text.charAt(i + 1);
            int close = next == '(' ? text.indexOf(')', i) : -1;
            if (next == '$') {
                result.append('$');
                i += 2;
            } else if (close > 0) {
                String value = variables.get(text.substring(i + 2, close));
                result.append(value == null ? text.substring(i, close + 1) : value);
                i = close + 1;
            } else {
                result.append(c);
                i++;
            }
        }
        return result.toString();
    }
}
