package dev.cloister.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** What the project's approval says of its desktops. */
public class DesktopRules {

    @Default("{}")
    @JsonPropertyDescription(
            "Whether text may cross between a person's own computer and the desktop. Both ways are off "
                    + "unless opened here (SATRE v2 2.1.01).")
    public Clipboard clipboard;

    /** The two directions of the clipboard. */
    public static class Clipboard {

        @Default("false")
        @JsonPropertyDescription("Text may be pasted into the desktop.")
        public boolean in;

        @Default("false")
        @JsonPropertyDescription(
                "Text may be copied out of the desktop. It leaves without an output check: open it only "
                        + "where the committee said so.")
        public boolean out;
    }
}
