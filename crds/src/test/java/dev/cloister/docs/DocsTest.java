package dev.cloister.docs;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The docs cite tests and files by name. What they cite exists. */
class DocsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Folders that hold nothing of ours. */
    private static final Set<String> FOREIGN = Set.of("target", ".git", ".lab", "node_modules");

    /** {@code `SomeTest#method`}, as in Javadoc. */
    private static final Pattern JAVA = Pattern.compile("`(\\w+Test)#(\\w+)`");

    /** {@code `some_test.go:TestName`}, {@code `test.py:test_name`} or {@code `test.sh:what it checks`}. */
    private static final Pattern OTHER = Pattern.compile("`([\\w./-]*test\\.(go|py|sh)):([^`]+)`");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|<img[^>]+src=\"([^\"]+)\"");

    private static final Pattern SATRE_ROW = Pattern.compile("\\| \\d\\.\\d\\.\\d\\d \\|.*");

    private static Map<Path, String> pages;
    private static Map<Path, String> tests;

    @BeforeAll
    static void read() throws IOException {
        var files = new ArrayList<Path>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return FOREIGN.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        pages = contents(files, ".*\\.md");
        tests = contents(files, ".*(Test\\.java|test\\.(go|py|sh))");
        assertFalse(pages.isEmpty() || tests.isEmpty(), "nothing found in " + ROOT);
    }

    private static Map<Path, String> contents(List<Path> files, String name) {
        return files.stream()
                .filter(file -> file.getFileName().toString().matches(name))
                .collect(toMap(file -> file, DocsTest::content));
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read", e);
        }
    }

    @Test
    void everyTestThatIsNamedExists() {
        var missing = inPages((page, text) -> Stream.concat(
                find(JAVA, text)
                        .filter(cited -> !exists(cited.group(1) + ".java", "(void|ArchRule) " + cited.group(2) + "\\b"))
                        .map(MatchResult::group),
                find(OTHER, text)
                        .filter(cited -> !exists(cited.group(1), definition(cited.group(2), cited.group(3))))
                        .map(MatchResult::group)));
        assertEquals(List.of(), missing);
    }

    /** How a test of that name begins, in the language of the file. */
    private static String definition(String language, String name) {
        return switch (language) {
            case "go" -> "func " + Pattern.quote(name) + "\\(";
            case "py" -> "def " + Pattern.quote(name) + "\\(";
            default -> "check \"" + Pattern.quote(name) + "\"";
        };
    }

    private static boolean exists(String file, String definition) {
        return tests.entrySet().stream()
                .filter(test -> test.getKey().endsWith(file))
                .anyMatch(test ->
                        Pattern.compile(definition).matcher(test.getValue()).find());
    }

    @Test
    void everyLinkLeadsSomewhere() {
        var dead = inPages((page, text) -> find(LINK, text)
                .map(link -> link.group(1) != null ? link.group(1) : link.group(2))
                .filter(target -> !target.matches("[a-z]+:.*"))
                .filter(target -> !leadsSomewhere(page, target)));
        assertEquals(List.of(), dead);
    }

    private static boolean leadsSomewhere(Path page, String target) {
        var parts = target.split("#", 2);
        var file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        return Files.exists(file)
                && (parts.length == 1 || headings(content(file)).anyMatch(parts[1]::equals));
    }

    /** The headings of a page, as links name them. */
    private static Stream<String> headings(String page) {
        return find(Pattern.compile("(?m)^#+ (.*)$"), page)
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'));
    }

    @Test
    void aRowOfSatreSaysWhatHoldsAndWhatProvesIt() {
        var rows = content(ROOT.resolve("docs/satre.md")).lines().filter(SATRE_ROW.asMatchPredicate());
        var wrong = rows.filter(row -> {
                    var cells = row.split("\\|", -1);
                    var state = cells[3].strip();
                    return cells.length != 7
                            || !Set.of("enforced", "evidence", "not yet").contains(state)
                            || !state.equals("not yet") && cells[4].isBlank()
                            || state.equals("enforced") && cells[5].isBlank();
                })
                .toList();
        assertEquals(List.of(), wrong);
    }

    private interface Finder {
        Stream<String> in(Path page, String text);
    }

    private static List<String> inPages(Finder finder) {
        return pages.entrySet().stream()
                .flatMap(page -> finder.in(page.getKey(), page.getValue())
                        .map(found -> ROOT.relativize(page.getKey()) + ": " + found))
                .sorted()
                .toList();
    }

    private static Stream<MatchResult> find(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }
}
