import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Prints every key that a RocketMQ server takes from its configuration, read from the jars themselves:
 * one row per class, key, type and default, with the versions that have it. RocketMQ fills a configuration
 * object by its public setters (MixAll.properties2Object), so a key exists exactly when a setter does.
 *
 * Usage: java -Duser.home=~ Keys.java FOLDER [ROWS], where FOLDER holds one folder of jars per version.
 * ROWS is the output of a run with another -XX:ActiveProcessorCount: a default that differs between the
 * two depends on the machine and is written as "*".
 */
public class Keys {
    private static final String[] CLASSES = {
        "org.apache.rocketmq.common.BrokerConfig",
        "org.apache.rocketmq.store.config.MessageStoreConfig",
        "org.apache.rocketmq.remoting.netty.NettyServerConfig",
        "org.apache.rocketmq.remoting.netty.NettyClientConfig",
        "org.apache.rocketmq.common.namesrv.NamesrvConfig",
        "org.apache.rocketmq.common.ControllerConfig",
        "org.apache.rocketmq.common.JraftConfig",
        "org.apache.rocketmq.auth.config.AuthConfig",
        "org.apache.rocketmq.proxy.config.ProxyConfig",
        "org.apache.rocketmq.tieredstore.common.TieredMessageStoreConfig",
        "org.apache.rocketmq.tieredstore.MessageStoreConfig",
    };

    public static void main(String[] args) throws Exception {
        Map<String, List<String>> rows = new TreeMap<>();
        for (File version : versions(new File(args[0]))) {
            try (URLClassLoader jars = jars(version)) {
                for (String name : CLASSES) {
                    collect(jars, name, version.getName(), rows);
                }
            }
        }
        List<String> other = args.length > 1 ? Files.readAllLines(Path.of(args[1])) : List.of();
        rows.forEach((row, in) -> System.out.println(steady(row, other) + "\t" + String.join(" ", in)));
    }

    private static List<File> versions(File folder) {
        return Arrays.stream(folder.listFiles(File::isDirectory))
            .sorted(Comparator.comparing(File::getName)).collect(Collectors.toList());
    }

    private static URLClassLoader jars(File version) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (File jar : version.listFiles((d, n) -> n.endsWith(".jar"))) {
            urls.add(jar.toURI().toURL());
        }
        return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    private static void collect(ClassLoader jars, String name, String version, Map<String, List<String>> rows)
        throws Exception {
        Class<?> type;
        try {
            type = jars.loadClass(name);
        } catch (ClassNotFoundException absent) {
            return;
        }
        Object config = type.getDeclaredConstructor().newInstance();
        Map<String, String> types = new TreeMap<>();
        for (Method m : type.getMethods()) {
            if (m.getName().startsWith("set") && m.getName().length() > 3 && m.getParameterCount() == 1) {
                types.merge(key(m), shape(m.getParameterTypes()[0]), (a, b) -> a.length() > b.length() ? a : b);
            }
        }
        String shortName = name.contains("tieredstore") ? "TieredStoreConfig" : type.getSimpleName();
        types.forEach((key, shape) -> rows.computeIfAbsent(
            shortName + "\t" + key + "\t" + shape + "\t" + value(config, key), k -> new ArrayList<>()).add(version));
    }

    private static String key(Method setter) {
        return setter.getName().substring(3, 4).toLowerCase() + setter.getName().substring(4);
    }

    /** The type's name; for an enumeration its constants, since another value is silently ignored. */
    private static String shape(Class<?> type) {
        if (!type.isEnum()) {
            return type.getSimpleName();
        }
        return "enum:" + Arrays.stream(type.getEnumConstants()).map(c -> ((Enum<?>) c).name())
            .collect(Collectors.joining("|"));
    }

    private static String value(Object config, String key) {
        String tail = key.substring(0, 1).toUpperCase() + key.substring(1);
        for (String getter : new String[] {"get" + tail, "is" + tail, key}) {
            try {
                Object value = config.getClass().getMethod(getter).invoke(config);
                String text = value == null ? "" : value.toString();
                return ofThisMachine(text) ? "*" : text;
            } catch (ReflectiveOperationException next) {
                continue;
            }
        }
        return "*";
    }

    private static boolean ofThisMachine(String text) throws ReflectiveOperationException {
        try {
            java.net.InetAddress here = java.net.InetAddress.getLocalHost();
            return text.contains("@") || text.contains("\n") || text.contains("\t")
                || text.equals(here.getHostName()) || text.matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
        } catch (java.net.UnknownHostException e) {
            throw new ReflectiveOperationException("this machine's own name does not resolve", e);
        }
    }

    private static String steady(String row, List<String> other) {
        if (other.isEmpty() || other.stream().anyMatch(o -> o.startsWith(row + "\t"))) {
            return row;
        }
        return row.substring(0, row.lastIndexOf('\t') + 1) + "*";
    }
}
