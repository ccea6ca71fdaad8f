package dev.dialplane.crds;

/**
 * One rule of a resource: a change of a sample that breaks it, one that does not, and what the API server says.
 *
 * @param about the rule in words
 * @param resource the sample
 * @param at the part that changes, a JSON pointer
 * @param refused a value that breaks the rule, as YAML; empty to leave the part out
 * @param message words that the refusal holds
 * @param accepted a value that keeps it
 */
record Rule(String about, String resource, String at, String refused, String message, String accepted) {

    static Rule pool(String about, String at, String refused, String message, String accepted) {
        return new Rule(about, Sample.POOL, at, refused, message, accepted);
    }

    static Rule outbound(String about, String at, String refused, String message, String accepted) {
        return new Rule(about, Sample.OUTBOUND, at, refused, message, accepted);
    }

    static Rule inbound(String about, String at, String refused, String message, String accepted) {
        return new Rule(about, Sample.INBOUND, at, refused, message, accepted);
    }

    @Override
    public String toString() {
        return about;
    }
}
