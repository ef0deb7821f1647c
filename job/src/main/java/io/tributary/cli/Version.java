package io.tributary.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build, as Maven writes it into the jar. */
final class Version implements IVersionProvider {
    private static final String IN_JAR = "/META-INF/maven/io.tributary/tributary-job/pom.properties";

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(IN_JAR)) {
            if (in != null) {
                properties.load(in);
            }
        }
        return new String[] {"tributary " + properties.getProperty("version", "(not from a jar)")};
    }
}
