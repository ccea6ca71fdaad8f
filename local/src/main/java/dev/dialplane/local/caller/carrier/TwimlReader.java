package dev.dialplane.local.caller.carrier;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Reads the verbs of TwiML that end, move or stream a call. */
public final class TwimlReader {
    /** The longest document that is read, in characters, as Twilio's limit (64 kB). */
    public static final int MAX_CHARACTERS = 64 << 10;

    private static final int MAX_VERBS = 50;
    private static final int MAX_PAUSE_SECONDS = 600;

    private TwimlReader() {}

    /** A document that the carrier would not accept. */
    public static final class TwimlException extends Exception {
        private static final long serialVersionUID = 1;

        TwimlException(String message) {
            super(message);
        }
    }

    /**
     * Reads a document. No verbs at all is one: it hangs up.
     *
     * @throws TwimlException if it is no TwiML, or has a verb or value that is not known here; says which
     */
    public static Twiml read(String document) throws TwimlException {
        if (document.length() > MAX_CHARACTERS) {
            throw new TwimlException(
                    "the document has " + document.length() + " characters, allowed are " + MAX_CHARACTERS);
        }
        Element response = parse(document);
        if (!response.getTagName().equals("Response")) {
            throw new TwimlException("the root is <" + response.getTagName() + ">, allowed is <Response>");
        }
        List<Twiml.Verb> verbs = new ArrayList<>();
        for (Element element : children(response)) {
            if (verbs.size() == MAX_VERBS) {
                throw new TwimlException("the document has more than " + MAX_VERBS + " verbs");
            }
            verbs.add(verb(element));
        }
        return new Twiml(verbs);
    }

    private static Element parse(String document) throws TwimlException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler());
            return builder.parse(new InputSource(new StringReader(document))).getDocumentElement();
        } catch (SAXException | IOException e) {
            throw new TwimlException("the document is no XML: " + e.getMessage());
        } catch (ParserConfigurationException e) {
            throw new AssertionError("the JDK's own parser has these features", e);
        }
    }

    private static Twiml.Verb verb(Element element) throws TwimlException {
        return switch (element.getTagName()) {
            case "Connect" -> connect(element);
            case "Hangup" -> new Twiml.Hangup();
            case "Reject" -> new Twiml.Reject(either(element, "reason", "rejected", "busy"));
            case "Dial" -> new Twiml.Dial(element.getTextContent().strip());
            case "Redirect" -> new Twiml.Redirect(element.getTextContent().strip());
            case "Say", "Play" -> new Twiml.Say(element.getTextContent().strip());
            case "Pause" -> new Twiml.Pause(seconds(element));
            default ->
                throw new TwimlException("the verb is <" + element.getTagName()
                        + ">, allowed are Connect, Hangup, Reject, Dial, Redirect, Say, Play and Pause");
        };
    }

    private static Twiml.Connect connect(Element connect) throws TwimlException {
        List<Element> nouns = children(connect);
        if (nouns.size() != 1 || !nouns.getFirst().getTagName().equals("Stream")) {
            throw new TwimlException("<Connect> holds " + nouns.size() + " elements, allowed is one <Stream>");
        }
        Element stream = nouns.getFirst();
        String url = stream.getAttribute("url");
        if (!url.startsWith("ws://") && !url.startsWith("wss://")) {
            throw new TwimlException("Stream url is \"" + url + "\", allowed is one that begins with ws:// or wss://");
        }
        if (url.contains("?")) {
            throw new TwimlException("Stream url is \"" + url + "\": Twilio drops what follows the question mark");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (Element parameter : children(stream)) {
            if (!parameter.getTagName().equals("Parameter")) {
                throw new TwimlException("<Stream> holds <" + parameter.getTagName() + ">, allowed is <Parameter>");
            }
            parameters.put(parameter.getAttribute("name"), parameter.getAttribute("value"));
        }
        return new Twiml.Connect(attribute(connect, "action"), url, parameters);
    }

    private static int seconds(Element pause) throws TwimlException {
        String length = attribute(pause, "length");
        try {
            int seconds = length == null ? 1 : Integer.parseInt(length);
            if (seconds >= 0 && seconds <= MAX_PAUSE_SECONDS) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new TwimlException("Pause length is \"" + length + "\", allowed is 0 to " + MAX_PAUSE_SECONDS);
    }

    private static String either(Element element, String name, String usual, String other) throws TwimlException {
        String value = attribute(element, name);
        if (value == null || value.equals(usual)) {
            return usual;
        }
        if (value.equals(other)) {
            return other;
        }
        throw new TwimlException(
                element.getTagName() + " " + name + " is \"" + value + "\", allowed are " + usual + " and " + other);
    }

    private static @Nullable String attribute(Element element, String name) {
        return element.hasAttribute(name) ? element.getAttribute(name) : null;
    }

    private static List<Element> children(Element parent) {
        List<Element> children = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }
}
