package dev.cloister.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The settings as the chart writes them, in environment variables {@code CLOISTER_...}. */
@ConfigMapping(prefix = "cloister")
interface SettingsMapping {

    @WithDefault("cloister-system")
    String systemNamespace();

    @WithDefault("P30D")
    Duration homeRetention();

    IsolationMapping isolation();

    StorageMapping storage();

    interface IsolationMapping {

        String image();

        /** Address by name, for example {@code api=tcp://10.96.0.1:443}. */
        Map<String, String> targets();

        @WithDefault("PT1M")
        Duration retryAfter();
    }

    interface StorageMapping {

        Optional<String> homeClass();

        Optional<String> sharedClass();

        @WithDefault("false")
        boolean sharedReadWriteMany();
    }

    default Settings toSettings() {
        var targets = isolation().targets().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(target -> new Settings.Target(target.getKey(), target.getValue()))
                .toList();
        return new Settings(
                systemNamespace(),
                new Settings.Isolation(isolation().image(), targets, isolation().retryAfter()),
                new Settings.Storage(
                        storage().homeClass(),
                        storage().sharedClass(),
                        storage().sharedReadWriteMany()),
                homeRetention());
    }
}
