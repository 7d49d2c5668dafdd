package storefold;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Starts one Elasticsearch node in this process. Arguments: the configuration folder
 * (elasticsearch.yml, log4j2.properties) and the installation's folder (lib/, modules/, plugins/).
 *
 * Elasticsearch's own main class expects the distribution's launcher to talk to it over stdin and
 * refuses euid 0; a development node of a single user needs neither.
 */
public final class StorefoldNode {
    public static void main(String[] args) throws Exception {
        Settings home = Settings.builder().put("path.home", args[1]).build();
        LogConfigurator.configureESLogging();
        Environment env = InternalSettingsPreparer.prepareEnvironment(
            home, Map.of(), Path.of(args[0]), () -> "storefold");
        LogConfigurator.setNodeName("storefold");
        LogConfigurator.configure(env, true);

        Node node = new Node(env, PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(env.modulesDir(), false),
            PluginsLoader.loadPluginsBundles(env.pluginsDir(), false),
            Map.of(), false));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "close-node"));
        node.start();
        // Its threads are daemons: without this the process would end here. A signal runs the hook.
        new CountDownLatch(1).await();
    }

    private static void close(Node node) {
        try {
            node.close();
        } catch (Exception error) {
            error.printStackTrace();
        }
    }
}
