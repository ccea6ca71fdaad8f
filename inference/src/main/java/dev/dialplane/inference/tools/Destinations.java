package dev.dialplane.inference.tools;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/**
 * Where tools may be. Whoever writes a pool writes its tools' addresses, and must not reach by them what only this process
 * can: neighbours, cloud metadata, the cluster's own services. So private addresses are refused unless the host is named
 * in the configuration.
 *
 * <p>A name is looked up here, and once more by the HTTP client a moment later: within the 30 s for which Java's resolver
 * keeps an answer, so that nobody can give another one in between.
 */
final class Destinations {
    private final List<String> privateHosts;

    /**
     * @param privateHosts hosts that may have a private address: names such as {@code crm.shop.svc}, or with a dot before
     *     them all names below, {@code .shop.svc.cluster.local}
     */
    Destinations(List<String> privateHosts) {
        this.privateHosts = privateHosts.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Looks names up. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /**
     * Why a tool at a host is not called; empty if it may be.
     *
     * @throws IOException if there is no such host
     */
    String refusal(String host, Resolver resolver) throws IOException {
        if (allowed(host.toLowerCase(Locale.ROOT))) {
            return "";
        }
        for (InetAddress address : resolver.resolve(host)) {
            if (isPrivate(address)) {
                return "its host has a private address, which dialplane.inference.tools.private-hosts does not allow";
            }
        }
        return "";
    }

    private boolean allowed(String host) {
        return privateHosts.stream()
                .anyMatch(known -> known.startsWith(".") ? host.endsWith(known) : host.equals(known));
    }

    /** Whether an address is no public unicast address, by IANA's special-purpose registries (RFC 6890). */
    static boolean isPrivate(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return true;
        }
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address) {
            boolean unique = (bytes[0] & 0xfe) == 0xfc;
            // An IPv4 address in IPv6's clothes: 64:ff9b::/96 (NAT64), 2002::/16 (6to4), ::/96.
            boolean nat64 = bytes[0] == 0 && bytes[1] == 0x64 && (bytes[2] & 0xff) == 0xff && (bytes[3] & 0xff) == 0x9b;
            boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
            boolean compatible = leadingZeros(bytes) >= 12;
            return unique || nat64 || sixToFour || compatible;
        }
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        return first == 0
                || first == 100 && (second & 0xc0) == 64
                || first == 192 && second == 0
                || first == 198 && (second & 0xfe) == 18
                || first >= 240;
    }

    private static int leadingZeros(byte[] bytes) {
        int zeros = 0;
        while (zeros < bytes.length && bytes[zeros] == 0) {
            zeros++;
        }
        return zeros;
    }
}
