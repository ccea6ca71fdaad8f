package dev.dialplane.inference.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationsTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "0.0.0.0, true",
        "0.1.2.3, true",
        "10.1.2.3, true",
        "172.16.0.1, true",
        "172.31.255.255, true",
        "172.32.0.1, false",
        "192.168.1.1, true",
        "169.254.169.254, true",
        "100.64.0.1, true",
        "100.127.255.255, true",
        "100.128.0.1, false",
        "192.0.0.8, true",
        "198.18.0.1, true",
        "198.19.255.255, true",
        "198.20.0.1, false",
        "224.0.0.1, true",
        "240.0.0.1, true",
        "255.255.255.255, true",
        "8.8.8.8, false",
        "93.184.215.14, false",
        "::1, true",
        "::, true",
        "::7f00:1, true",
        "fe80::1, true",
        "fc00::1, true",
        "fd12:3456::1, true",
        "ff02::1, true",
        "64:ff9b::a00:1, true",
        "2002:a00:1::, true",
        "::ffff:10.0.0.1, true",
        "2606:4700:4700::1111, false"
    })
    void onlyPublicAddressesAreCalled(String address, boolean isPrivate) throws UnknownHostException {
        assertThat(Destinations.isPrivate(InetAddress.getByName(address))).isEqualTo(isPrivate);
    }

    @ParameterizedTest
    @CsvSource({
        "crm.shop.svc, true",
        "CRM.shop.svc, true",
        "evil.crm.shop.svc, false",
        "orders.tools.example, true",
        "tools.example, false",
        "eviltools.example, false"
    })
    void aHostWithAPrivateAddressIsCalledIfItIsNamed(String host, boolean called) throws Exception {
        Destinations destinations = new Destinations(List.of("crm.shop.svc", ".tools.example"));

        String refusal = destinations.refusal(host, _ -> new InetAddress[] {InetAddress.getByName("10.0.0.7")});

        assertThat(refusal.isEmpty()).isEqualTo(called);
    }

    @Test
    void oneOfSeveralAddressesIsEnoughToRefuse() throws Exception {
        InetAddress[] both = {InetAddress.getByName("8.8.8.8"), InetAddress.getByName("127.0.0.1")};

        assertThat(new Destinations(List.of()).refusal("host", _ -> both)).contains("private-hosts");
    }
}
