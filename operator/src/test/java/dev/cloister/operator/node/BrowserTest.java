package dev.cloister.operator.node;

import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import dev.cloister.api.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A desktop as a researcher sees it: in a browser, with a mouse and a keyboard. It makes the picture in the docs. */
class BrowserTest extends NodeTier {

    /** With {@code -Dpictures.write=true}, the one in the docs is made anew. */
    private static final Path PICTURE = Path.of(
            Boolean.getBoolean("pictures.write") ? "../docs/pictures/desktop.png" : "target/pictures/desktop.png");

    /** Chromium of Debian, which must not look for anything outside this machine. */
    private static final LaunchOptions CHROMIUM = new LaunchOptions()
            .setExecutablePath(Path.of("/usr/bin/chromium"))
            .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
            .setArgs(List.of(
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync"));

    private Workspace alices;

    @BeforeAll
    void desktop() {
        alices = makeWorkspace(makeProject(), "alice");
        awaitReady(alices, "Running");
    }

    @Test
    void aResearcherTypesInTheBrowserAndTheDesktopDoesIt() throws Exception {
        try (var tunnel = client.pods().resource(desktop(alices)).portForward(5901);
                var playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser chromium = playwright.chromium().launch(CHROMIUM)) {
            var port = freePort();
            var bridge = new ProcessBuilder(
                            "websockify",
                            "--web",
                            "/usr/share/novnc",
                            "127.0.0.1:" + port,
                            "127.0.0.1:" + tunnel.getLocalPort())
                    .redirectErrorStream(true)
                    .redirectOutput(Path.of("target/websockify.log").toFile())
                    .start();
            try {
                await().until(() -> answers(port));
                var page = chromium.newPage(new Browser.NewPageOptions().setViewportSize(1440, 900));
                page.navigate("http://127.0.0.1:" + port + "/vnc.html?autoconnect=1&resize=scale");
                page.waitForSelector(".noVNC_connected canvas");
                openATerminal(page);
                type(page, "cd; clear; python3 -c 'import pandas; print(pandas.Series([1, 41]).sum())' | tee sum.txt");
                await().until(() -> run(alices, "sh", "-c", "cat ~/sum.txt").equals("42"));
                type(page, "R --quiet -e 'summary(cars)'; touch done.txt");
                await().until(() -> run(alices, "sh", "-c", "ls ~").contains("done.txt"));
                page.screenshot(new Page.ScreenshotOptions().setPath(PICTURE));
            } finally {
                bridge.destroy();
                bridge.waitFor();
            }
        }
    }

    /** Opens one by its icon in the panel, as often as it takes while the desktop is still drawing itself. */
    private void openATerminal(Page page) {
        await().pollInterval(Duration.ofSeconds(4)).until(() -> {
            if (!terminalHasTheFocus()) {
                page.mouse().click(123, 16);
            }
            return terminalHasTheFocus();
        });
    }

    private boolean terminalHasTheFocus() throws Exception {
        return run(
                        alices,
                        "sh",
                        "-c",
                        "xprop -display :1 -id $(xprop -display :1 -root -f _NET_ACTIVE_WINDOW 0x ' $0'"
                                + " _NET_ACTIVE_WINDOW | cut -d' ' -f2) WM_CLASS")
                .contains("erminal");
    }

    private static void type(Page page, String command) {
        page.keyboard().type(command);
        page.keyboard().press("Enter");
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
