#!/usr/bin/env python3
"""Makes docs/performance.md from the records in bench/out."""

import json
import pathlib
import textwrap

ROOT = pathlib.Path(__file__).parent.parent
HEAD = """\
# Performance

Made by `make bench` from the records in `bench/out`; `make bench ONLY=name` measures one again. Each figure is a median, with
the range of the middle eight tenths of its runs, beside a peer or a limit that was measured in the same run: the machine
moves both, so the ratio says more than the figure.

| Figure | Measured | Wanted | Peer | Ratio |
|---|---|---|---|---|
"""


def number(value):
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value < 100 else f"{value:,.0f}"


def spread(value, range_):
    edges = [number(range_["p10"]), number(range_["p90"])]
    return number(value) + ("" if edges[0] == edges[1] else f" ({edges[0]} to {edges[1]})")


def row(figure):
    measured = spread(figure["value"], figure["spread"])
    peer = spread(figure["peerValue"], figure["peerSpread"])
    return (
        f"| `{figure['name']}` | {measured} {figure['unit']} | {figure['wanted']} | {figure['peer']}: {peer} |"
        f" {number(figure['ratio'])} |\n"
    )


def section(figure):
    origin = f"{figure['date'][:10]}, commit {figure['commit']}, {figure['machine']}."
    return f"\n## {figure['name']}\n{textwrap.fill(figure['how'], 125)}\n\n{origin}\n"


figures = [json.loads(path.read_text()) for path in sorted((ROOT / "bench/out").glob("*.json"))]
(ROOT / "docs/performance.md").write_text(HEAD + "".join(map(row, figures)) + "".join(map(section, figures)))
