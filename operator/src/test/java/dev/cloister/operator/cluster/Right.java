package dev.cloister.operator.cluster;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A right in the words of RBAC, as a request needs it or a role gives it. */
record Right(String verb, String group, String resource) {

    /**
     * Reads it from a request. An apply needs the right to create as well, for the case that the object is not there; our own
     * kinds are there when their finalizer is applied.
     */
    static Set<Right> of(String method, URI uri) {
        var right = parse(method, uri);
        var applied = method.equals("PATCH")
                && !right.group.equals("cloister.dev")
                && ("" + uri.getQuery()).matches(".*fieldManager=cloister(&.*|$)");
        return applied ? Set.of(right, new Right("create", right.group, right.resource)) : Set.of(right);
    }

    /** The path is /api/v1/... or /apis/GROUP/VERSION/..., then [namespaces/NAME/]RESOURCE[/NAME[/SUB]]. */
    private static Right parse(String method, URI uri) {
        var path = new ArrayList<>(List.of(uri.getPath().substring(1).split("/")));
        var core = path.removeFirst().equals("api");
        var group = core ? "" : path.removeFirst();
        path.removeFirst();
        if (path.size() > 2 && path.getFirst().equals("namespaces")) {
            path.subList(0, 2).clear();
        }
        var resource = path.size() > 2 ? path.get(0) + "/" + path.get(2) : path.get(0);
        var named = path.size() > 1;
        var verb =
                switch (method) {
                    case "GET" -> {
                        var query = uri.getQuery() == null ? "" : uri.getQuery();
                        yield named ? "get" : query.contains("watch=true") ? "watch" : "list";
                    }
                    case "POST" -> "create";
                    case "PUT" -> "update";
                    case "PATCH" -> "patch";
                    case "DELETE" -> named ? "delete" : "deletecollection";
                    default -> throw new IllegalArgumentException(method);
                };
        return new Right(verb, group, resource);
    }

    @Override
    public String toString() {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group);
    }
}
